package dev.lastgood.provider.ecs;

import dev.lastgood.model.Text;
import dev.lastgood.provider.PlatformUnreachable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.ContainerImage;
import software.amazon.awssdk.services.ecs.model.Deployment;
import software.amazon.awssdk.services.ecs.model.DescribeServiceDeploymentsResponse;
import software.amazon.awssdk.services.ecs.model.DescribeServiceRevisionsResponse;
import software.amazon.awssdk.services.ecs.model.DescribeServicesResponse;
import software.amazon.awssdk.services.ecs.model.DesiredStatus;
import software.amazon.awssdk.services.ecs.model.ListServiceDeploymentsResponse;
import software.amazon.awssdk.services.ecs.model.ListTaskDefinitionsResponse;
import software.amazon.awssdk.services.ecs.model.Service;
import software.amazon.awssdk.services.ecs.model.ServiceDeployment;
import software.amazon.awssdk.services.ecs.model.ServiceDeploymentBrief;
import software.amazon.awssdk.services.ecs.model.SortOrder;
import software.amazon.awssdk.services.ecs.model.StopServiceDeploymentStopType;
import software.amazon.awssdk.services.ecs.model.Task;
import software.amazon.awssdk.services.ecs.model.TaskDefinition;
import software.amazon.awssdk.services.ecs.model.TaskDefinitionStatus;

/// The requests to ECS about one service, and its answers as our own records.
final class EcsApi {
  static final int DEPTH = 50;
  private static final int PAGE = 100;
  private static final int REVISIONS = 20;
  private static final int PAGES = 10;
  private static final int TASKS = 10;

  private final Aws<EcsClient> aws;
  private final String cluster;
  private final String service;
  private final String region;
  private final int depth;

  /// Service revisions never change.
  private final Map<String, Revision> known = new HashMap<>();

  EcsApi(Aws<EcsClient> aws, EcsSettings settings, int depth) {
    this.aws = aws;
    this.cluster = settings.cluster();
    this.service = settings.service();
    this.region = settings.region();
    this.depth = depth;
  }

  String service() {
    return service;
  }

  int depth() {
    return depth;
  }

  /// The end of commands that people type.
  String options() {
    return "--cluster "
        + Text.shellWord(cluster)
        + " --service "
        + Text.shellWord(service)
        + " --region "
        + region;
  }

  String region() {
    return region;
  }

  // ---- reading

  Standing standing() throws PlatformUnreachable {
    DescribeServicesResponse said =
        Aws.good(
            aws.read(
                "DescribeServices",
                ecs -> ecs.describeServices(r -> r.cluster(cluster).services(service))));
    if (said.hasServices() && !said.services().isEmpty()) {
      return standing(said.services().getFirst());
    }
    if (said.hasFailures() && !said.failures().isEmpty()) {
      // Status 200 all the same.
      throw new PlatformUnreachable(
          "ECS has no service "
              + service
              + " in cluster "
              + cluster
              + " of "
              + region
              + " ("
              + aws.shown(text(said.failures().getFirst().reason()))
              + "); see `aws ecs list-services --cluster "
              + Text.shellWord(cluster)
              + " --region "
              + region
              + "`");
    }
    throw Aws.strange("neither services nor failures are in it");
  }

  private Standing standing(Service it) throws PlatformUnreachable {
    if (it.status() == null || !it.hasDeployments()) {
      throw Aws.strange("a service without status or deployments");
    }
    List<Standing.Rollout> rollouts = new ArrayList<>();
    for (Deployment d : it.deployments()) {
      rollouts.add(
          new Standing.Rollout(
              "PRIMARY".equals(d.status()),
              task(d.taskDefinition()),
              number(d.desiredCount()),
              number(d.runningCount()),
              number(d.failedTasks()),
              text(d.rolloutStateAsString()),
              aws.shown(text(d.rolloutStateReason()))));
    }
    var how = it.deploymentConfiguration();
    boolean breaker =
        how != null
            && how.deploymentCircuitBreaker() != null
            && Boolean.TRUE.equals(how.deploymentCircuitBreaker().enable())
            && Boolean.TRUE.equals(how.deploymentCircuitBreaker().rollback());
    return new Standing(
        it.status(),
        it.deploymentController() == null ? "ECS" : text(it.deploymentController().typeAsString()),
        breaker,
        how == null || how.minimumHealthyPercent() == null ? 100 : how.minimumHealthyPercent(),
        List.copyOf(rollouts),
        it.currentServiceRevisions().stream().map(r -> text(r.arn())).toList(),
        it.events().stream().map(e -> e.createdAt() + " " + aws.shown(text(e.message()))).toList());
  }

  /// Deployments, newest first.
  List<Past> deployments(int atMost) throws PlatformUnreachable {
    List<Past> all = new ArrayList<>();
    @Nullable String next = null;
    do {
      String from = next;
      ListServiceDeploymentsResponse said =
          Aws.good(
              aws.read(
                  "ListServiceDeployments",
                  ecs ->
                      ecs.listServiceDeployments(r ->
                          r.cluster(cluster)
                              .service(service)
                              .maxResults(Math.min(PAGE, atMost))
                              .nextToken(from))));
      if (!said.hasServiceDeployments()) {
        throw Aws.strange("there are no service deployments in it");
      }
      for (ServiceDeploymentBrief one : said.serviceDeployments()) {
        if (one.serviceDeploymentArn() == null
            || one.createdAt() == null
            || one.targetServiceRevisionArn() == null) {
          throw Aws.strange("a service deployment without its ARN, its target or its time");
        }
        all.add(
            new Past(
                one.serviceDeploymentArn(),
                text(one.statusAsString()),
                aws.shown(text(one.statusReason())),
                one.createdAt(),
                one.targetServiceRevisionArn()));
      }
      next = said.nextToken();
    } while (next != null && all.size() < atMost);
    all.sort(Comparator.comparing(Past::created).reversed());
    return List.copyOf(all.subList(0, Math.min(atMost, all.size())));
  }

  /// One deployment, with where it came from.
  ///
  /// @param sources ARNs of the service revisions it replaces
  record Detail(Past past, List<String> sources) {}

  Detail deployment(String arn) throws PlatformUnreachable {
    DescribeServiceDeploymentsResponse said =
        Aws.good(
            aws.read(
                "DescribeServiceDeployments",
                ecs -> ecs.describeServiceDeployments(r -> r.serviceDeploymentArns(arn))));
    if (!said.hasServiceDeployments() || said.serviceDeployments().isEmpty()) {
      throw Aws.strange("the deployment " + Text.plain(arn) + " is not in it");
    }
    ServiceDeployment it = said.serviceDeployments().getFirst();
    return new Detail(
        new Past(
            arn,
            text(it.statusAsString()),
            aws.shown(text(it.statusReason())),
            Optional.ofNullable(it.createdAt()).orElse(Instant.EPOCH),
            it.targetServiceRevision() == null ? "" : text(it.targetServiceRevision().arn())),
        it.sourceServiceRevisions().stream().map(r -> text(r.arn())).toList());
  }

  /// What the service revisions ran; those ECS still knows.
  synchronized Map<String, Revision> revisions(Collection<String> arns) throws PlatformUnreachable {
    List<String> missing = new ArrayList<>(new TreeSet<>(arns));
    missing.removeIf(a -> a.isEmpty() || known.containsKey(a));
    for (int at = 0; at < missing.size(); at += REVISIONS) {
      List<String> some = missing.subList(at, Math.min(missing.size(), at + REVISIONS));
      DescribeServiceRevisionsResponse said =
          Aws.good(
              aws.read(
                  "DescribeServiceRevisions",
                  ecs -> ecs.describeServiceRevisions(r -> r.serviceRevisionArns(some))));
      if (!said.hasServiceRevisions()) {
        throw Aws.strange("there are no service revisions in it");
      }
      said.serviceRevisions()
          .forEach(r ->
              known.put(
                  text(r.serviceRevisionArn()),
                  revision(text(r.taskDefinition()), r.containerImages())));
    }
    return Map.copyOf(known);
  }

  private static Revision revision(String task, List<ContainerImage> containers) {
    var images = new TreeMap<String, String>();
    var digests = new TreeMap<String, String>();
    for (ContainerImage one : containers) {
      images.put(text(one.containerName()), Text.plain(text(one.image())));
      if (one.imageDigest() != null && !one.imageDigest().isBlank()) {
        digests.put(text(one.containerName()), Text.plain(one.imageDigest()));
      }
    }
    return new Revision(task(task), images, digests);
  }

  /// The revisions of the families that can be started.
  Set<String> active(String family) throws PlatformUnreachable {
    var active = new TreeSet<String>();
    @Nullable String next = null;
    int pages = 0;
    do {
      String from = next;
      ListTaskDefinitionsResponse said =
          Aws.good(
              aws.read(
                  "ListTaskDefinitions",
                  ecs ->
                      ecs.listTaskDefinitions(r ->
                          r.familyPrefix(family)
                              .status(TaskDefinitionStatus.ACTIVE)
                              .sort(SortOrder.DESC)
                              .maxResults(PAGE)
                              .nextToken(from))));
      if (!said.hasTaskDefinitionArns()) {
        throw Aws.strange("there are no task definitions in it");
      }
      said.taskDefinitionArns().forEach(arn -> active.add(task(arn)));
      next = said.nextToken();
      pages++;
    } while (next != null && pages < PAGES);
    return active;
  }

  /// The task definition; empty when there is none.
  Optional<TaskDefinition> definition(String task) throws PlatformUnreachable {
    var heard =
        aws.read(
            "DescribeTaskDefinition",
            ecs -> ecs.describeTaskDefinition(r -> r.taskDefinition(task)));
    if (heard instanceof Aws.Heard.No<?>(_, String code) && code.equals("ClientException")) {
      return Optional.empty();
    }
    TaskDefinition definition = Aws.good(heard).taskDefinition();
    if (definition == null || definition.statusAsString() == null) {
      throw Aws.strange("the task definition has no status");
    }
    return Optional.of(definition);
  }

  /// A task that runs or did run.
  ///
  /// @param id the end of its ARN, and of the names of its log streams
  /// @param definition `family:revision`
  /// @param why why it stopped; empty while it runs
  record Ran(String id, String definition, String why) {}

  /// Some tasks: those that stopped (ECS knows them for about an hour), or those that run.
  List<Ran> tasks(DesiredStatus status) throws PlatformUnreachable {
    List<String> arns =
        Aws.good(
                aws.read(
                    "ListTasks",
                    ecs ->
                        ecs.listTasks(r ->
                            r.cluster(cluster)
                                .serviceName(service)
                                .desiredStatus(status)
                                .maxResults(TASKS))))
            .taskArns();
    if (arns.isEmpty()) {
      return List.of();
    }
    List<Task> tasks =
        Aws.good(
                aws.read(
                    "DescribeTasks", ecs -> ecs.describeTasks(r -> r.cluster(cluster).tasks(arns))))
            .tasks();
    return tasks.stream()
        .map(t ->
            new Ran(
                task(text(t.taskArn())),
                task(text(t.taskDefinitionArn())),
                aws.shown(text(t.stoppedReason()))))
        .toList();
  }

  // ---- changing

  Aws.Heard<Boolean> update(String task, boolean force) {
    return aws.change(
        "UpdateService",
        ecs ->
            ecs.updateService(
                        r -> {
                          r.cluster(cluster).service(service).taskDefinition(task);
                          if (force) {
                            r.forceNewDeployment(true);
                          }
                        })
                    .service()
                != null);
  }

  Aws.Heard<Boolean> stop(String arn) {
    return aws.change(
        "StopServiceDeployment",
        ecs ->
            ecs.stopServiceDeployment(r ->
                    r.serviceDeploymentArn(arn).stopType(StopServiceDeploymentStopType.ROLLBACK))
                    .serviceDeploymentArn()
                != null);
  }

  // ---- words

  /// `family:revision` of an ARN.
  static String task(@Nullable String arn) {
    String plain = Text.plain(text(arn));
    return plain.substring(plain.lastIndexOf('/') + 1);
  }

  static String family(String task) {
    int colon = task.lastIndexOf(':');
    return colon < 0 ? task : task.substring(0, colon);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static int number(@Nullable Integer number) {
    return number == null ? 0 : number;
  }
}
