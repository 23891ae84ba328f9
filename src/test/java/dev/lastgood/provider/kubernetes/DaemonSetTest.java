package dev.lastgood.provider.kubernetes;

import dev.lastgood.provider.PlatformContract;
import java.io.IOException;

class DaemonSetTest implements PlatformContract {
  @Override
  public KubernetesWorld world() throws IOException {
    return new KubernetesWorld(WorkloadKind.DAEMON_SET);
  }
}
