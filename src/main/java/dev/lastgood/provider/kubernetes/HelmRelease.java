package dev.lastgood.provider.kubernetes;

/// A release of Helm: what one chart made in one namespace.
record HelmRelease(String namespace, String name) {
  /// "release shop in namespace shop".
  String words() {
    return "release " + name + " in namespace " + namespace;
  }

  /// Where helm keeps its revisions.
  String secrets() {
    return "/api/v1/namespaces/" + namespace + "/secrets";
  }
}
