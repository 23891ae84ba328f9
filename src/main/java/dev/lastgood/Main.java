package dev.lastgood;

/// Starts here.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /// Carries out one command and says its exit code. Never ends the JVM: the training run of the
  /// AOT cache calls it once for each typical command.
  static int run(String... args) {
    // answered before the command line library is loaded: scripts ask for it all the time
    if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
      System.out.println("lastgood " + version());
      return 0;
    }
    return 70;
  }

  /// As in the pom; "unpackaged" when run from class files.
  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
