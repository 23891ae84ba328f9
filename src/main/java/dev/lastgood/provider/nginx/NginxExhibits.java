package dev.lastgood.provider.nginx;

import dev.lastgood.model.Release;
import dev.lastgood.provider.Capturable.Exhibit;
import dev.lastgood.provider.PlatformUnreachable;
import dev.lastgood.provider.local.LogFile;
import dev.lastgood.provider.local.VersionedFile;
import dev.lastgood.provider.local.Versions;
import dev.lastgood.provider.local.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The configuration of a release and the end of the error log, secrets left out.
record NginxExhibits(String component, VersionedFile file, Optional<Path> errorLog) {
  private static final int NEWEST = 256 * 1024;
  private static final String HIDDEN = "•••";

  List<Exhibit> of(Release release) {
    return List.of(config(release), log());
  }

  private Exhibit config(Release release) {
    String name = component + "-" + release.id() + ".conf";
    try {
      Optional<Versions.Version> version = file.shelf().find(release.id());
      return version.isEmpty()
          ? new Exhibit(name, file.path().toString(), release.id() + " is not there any more")
          : new Exhibit(
              name,
              version.get().at().toString(),
              configured(text(file.versions().content(version.get()))));
    } catch (PlatformUnreachable e) {
      return new Exhibit(name, file.path().toString(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new Exhibit(name, file.path().toString(), Why.of(e));
    }
  }

  private static String text(byte[] content) {
    return new String(content, StandardCharsets.UTF_8);
  }

  private Exhibit log() {
    String name = component + "-error.log";
    if (errorLog.isEmpty()) {
      return new Exhibit(
          name,
          "nginx",
          "no error log found: nginx does not run or writes to no file; set `error-log`");
    }
    try {
      return new Exhibit(
          name, errorLog.get().toString(), logged(LogFile.tail(errorLog.get(), 0, NEWEST)));
    } catch (IOException e) {
      return new Exhibit(name, errorLog.get().toString(), "cannot be read: " + Why.of(e));
    }
  }

  /// Headers and variables may carry keys to what is behind the proxy: their values are left out
  /// unless they are nothing but nginx's own variables. Remarks may hold yesterday's.
  static String configured(String text) {
    return text.lines()
        .map(line ->
            line.replaceFirst(
                "^(\\s*(?:proxy_set_header|fastcgi_param|uwsgi_param|scgi_param|grpc_set_header"
                    + "|add_header|set)\\s+\\S+\\s+)(?!\"?(?:\\$\\w+[:/,. ]*)+\"?;).*$",
                "$1" + HIDDEN + ";"))
        .map(line -> line.replaceFirst("#.*$", "# " + HIDDEN))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /// Addresses in the log may carry tokens after the question mark.
  static String logged(String text) {
    return text.replaceAll("\\?[^\\s\"]+", "?" + HIDDEN);
  }
}
