package dev.lastgood.provider.ecs;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.KeyValuePair;
import software.amazon.awssdk.services.ecs.model.LogDriver;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;

/// What the containers of a release wrote, where they write to CloudWatch (log driver `awslogs`). A
/// stream is called `prefix/container/task`: Amazon's guide, "Send Amazon ECS logs to CloudWatch".
final class ContainerLogs {
  private static final int TASKS = 4;
  private static final int LINES = 300;
  private static final int LONGEST_LINE = 2_000;

  /// A rollback waits for its evidence: after this no more is asked for.
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /// Shorter values (`1`, `true`) are in every line and give nothing away.
  private static final int SHORTEST_HIDDEN = 6;

  private final EcsApi ecs;
  private final Aws<CloudWatchLogsClient> aws;
  private final String region;

  ContainerLogs(EcsApi ecs, Aws<CloudWatchLogsClient> aws, String region) {
    this.ecs = ecs;
    this.aws = aws;
    this.region = region;
  }

  /// The newest lines of some of its tasks, those that stopped first; or why there are none. Values
  /// of its environment are masked: a program may say what it was given.
  ///
  /// @param release `family:revision`
  String of(String release) {
    try {
      Optional<TaskDefinition> definition = ecs.definition(release);
      if (definition.isEmpty()) {
        return "ECS has no task definition " + Text.plain(release) + " any more\n";
      }
      List<EcsApi.Ran> tasks = tasks(release);
      if (tasks.isEmpty()) {
        return "ECS knows no task of "
            + Text.plain(release)
            + " any more; it forgets one an hour after it stopped. Its log stays in the log group\n";
      }
      var text = new StringBuilder();
      long end = System.nanoTime() + LONGEST.toNanos();
      for (ContainerDefinition container : definition.get().containerDefinitions()) {
        text.append(of(container, tasks, end));
      }
      return text.toString();
    } catch (PlatformUnreachable e) {
      return e.getMessage() + "\n";
    }
  }

  private List<EcsApi.Ran> tasks(String release) throws PlatformUnreachable {
    var tasks = new ArrayList<>(ecs.tasks(DesiredStatus.STOPPED));
    tasks.addAll(ecs.tasks(DesiredStatus.RUNNING));
    return tasks.stream().filter(t -> t.definition().equals(release)).limit(TASKS).toList();
  }

  private String of(ContainerDefinition container, List<EcsApi.Ran> tasks, long end) {
    String name = Text.plain(container.name());
    var driver = container.logConfiguration();
    if (driver == null || driver.logDriver() != LogDriver.AWSLOGS) {
      return "# %s: its log goes to %s, which is not read here%n"
          .formatted(name, driver == null ? "its host" : driver.logDriverAsString());
    }
    Map<String, String> options = driver.options();
    String group = options.getOrDefault("awslogs-group", "");
    String prefix = options.getOrDefault("awslogs-stream-prefix", "");
    String there = options.getOrDefault("awslogs-region", region);
    if (prefix.isEmpty() || !there.equals(region)) {
      return "# %s: its log group %s %s%n"
          .formatted(
              name,
              Text.plain(group),
              prefix.isEmpty()
                  ? "has no awslogs-stream-prefix, so which stream is a task's cannot be told"
                  : "is in " + Text.plain(there) + ", which is not asked");
    }
    var text = new StringBuilder();
    for (EcsApi.Ran task : tasks) {
      String stream = prefix + "/" + container.name() + "/" + task.id();
      text.append("# %s, stream %s%n".formatted(Text.plain(group), Text.plain(stream)));
      text.append(
          System.nanoTime() < end
              ? stream(container, group, stream)
              : "not asked for: CloudWatch took too long to answer\n");
    }
    return text.toString();
  }

  private String stream(ContainerDefinition container, String group, String stream) {
    try {
      List<OutputLogEvent> events =
          Aws.good(
                  aws.read(
                      "GetLogEvents",
                      logs ->
                          logs.getLogEvents(r ->
                              r.logGroupName(group)
                                  .logStreamName(stream)
                                  .startFromHead(false)
                                  .limit(LINES))))
              .events();
      var text = new StringBuilder();
      for (OutputLogEvent event : events) {
        text.append(event.timestamp() == null ? "" : Instant.ofEpochMilli(event.timestamp()) + " ")
            .append(masked(container, event.message() == null ? "" : event.message()))
            .append('\n');
      }
      return text.toString();
    } catch (PlatformUnreachable e) {
      return e.getMessage()
          + "\n# by hand: aws logs get-log-events --log-group-name "
          + Text.shellWord(group)
          + " --log-stream-name "
          + Text.shellWord(stream)
          + " --region "
          + region
          + "\n";
    }
  }

  private String masked(ContainerDefinition container, String line) {
    List<String> hidden =
        container.environment().stream()
            .map(KeyValuePair::value)
            .filter(v -> v != null && v.length() >= SHORTEST_HIDDEN)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
    String safe = line;
    for (String value : hidden) {
      safe = safe.replace(value, "•••");
    }
    return Text.clip(Text.plain(safe), LONGEST_LINE);
  }
}
