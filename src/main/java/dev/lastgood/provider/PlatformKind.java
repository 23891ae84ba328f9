package dev.lastgood.provider;

/// A kind of platform, by its word in the YAML. One line in `Wiring` registers it.
///
/// @param <S> its settings: a record bound from the component's YAML mapping. Part names become
///   kebab-case keys; `Optional`, `List`, `Map<String, …>`, `Duration`, `Secret`, enums and nested
///   records are known, and sealed interfaces of records, chosen by the key `kind:`, whose word is
///   the record's name in kebab-case without the interface's: `NginxProxySettings`, a
///   `ProxySettings`, is `nginx`. Parts carry [dev.lastgood.model.Doc]
public interface PlatformKind<S extends Record> {
  /// As written after `platform:`.
  String name();

  Class<S> settings();

  /// @throws dev.lastgood.provider.BadSettings if the settings contradict each other
  Platform open(String component, S settings, Surroundings surroundings);
}
