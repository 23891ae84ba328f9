package dev.lastgood.provider.systemd;

import dev.lastgood.model.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Settings of the platform `systemd`.
public record SystemdSettings(
    @Doc("The service, with its ending, e.g. shop.service.") String unit,
    @Doc("Its files: the unit, its folder of drop-ins (ends in .d), its environment files.")
        List<Path> files,
    @Doc("Folder of the kept versions; default: Lastgood's own state.") Optional<Path> versions,
    @Doc("Folders with backups of the files, under their names, that may be gone back to.")
        List<Path> adopt,
    @Doc("Number of versions to keep; default: all.") Optional<Integer> keep,
    @Doc("How to call systemctl, as words, e.g. [systemctl, --user]; default systemctl.")
        List<String> systemctl,
    @Doc("How to call journalctl, as words; default journalctl, with --user where systemctl has.")
        List<String> journalctl,
    @Doc("The service runs when it has run this long without a restart; default 5s.")
        Optional<Duration> steady,
    @Doc("Time-out of one systemctl command, a slow start included; default 2m.")
        Optional<Duration> timeout) {
  public SystemdSettings {
    files = List.copyOf(files);
    adopt = List.copyOf(adopt);
    systemctl = List.copyOf(systemctl);
    journalctl = List.copyOf(journalctl);
  }
}
