package dev.lastgood.provider.local;

import dev.lastgood.model.Doc;
import dev.lastgood.provider.BadSettings;
import dev.lastgood.provider.Surroundings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// A proxy that reads its upstream from a file.
///
/// @param template content of the file, with `{address}` where `host:port` goes
/// @param test argv that judges the new file; empty: not tested
/// @param reload argv that makes the proxy read it; empty: it watches the file itself
/// @param readBack URL that answers with the address in use; empty: the file is believed
public record FileProxySettings(
    @Doc("File the proxy reads its upstream from.") Path file,
    @Doc("Content of the file; {address} stands for host:port.") String template,
    @Doc("Command that tests the new file, as a list of words.") List<String> test,
    @Doc("Command that makes the proxy read the file, as a list of words.") List<String> reload,
    @Doc("URL of the proxy that answers with the address in use.") Optional<String> readBack)
    implements ProxySettings {
  public FileProxySettings {
    test = List.copyOf(test);
    reload = List.copyOf(reload);
  }

  @Override
  public Proxy open(Surroundings surroundings) {
    if (!template.contains(FileProxy.PLACE)) {
      throw new BadSettings(
          "template",
          "it has no " + FileProxy.PLACE + " where the address goes: `" + template + "`");
    }
    Path absolute = surroundings.base().resolve(file).toAbsolutePath().normalize();
    return new FileProxy(
        surroundings.base(),
        absolute,
        template,
        test,
        reload,
        readBack.map(ReadBack::of),
        FileProxy.PATIENCE,
        surroundings.state());
  }
}
