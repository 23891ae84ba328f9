package dev.lastgood.config;

import dev.lastgood.config.Shape.NameRule;
import dev.lastgood.model.Doc;
import dev.lastgood.model.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `lastgood.yaml` as it is written: each part is a key, in kebab-case. [SystemConfig] is what it
/// means.
@Doc(
    "How Lastgood protects one system: what it is made of, how its health is measured, how to decide, who must agree.")
record Form(
    @Doc("Name of the system, e.g. shop.") String system,
    @Doc(
            "Name of the environment; default: production. lastgood.NAME.yaml beside this file is laid over it.")
        Optional<String> environment,
    @Doc(
            "Where state is kept: a folder, relative to this file, or a PostgreSQL database. Default: a folder of the person who runs Lastgood.")
        Optional<StateForm> state,
    @Doc("How long a release must pass its checks to become known good by itself; default: 10m.")
        Optional<Duration> soak,
    @Doc("What the system is made of, by name.") @Written(notEmpty = true, names = NameRule.NAME)
        Map<String, ComponentConfig<?>> components,
    @Doc("What is measured to know whether the system is healthy, by name.")
        @Written(names = NameRule.NAME)
        Map<String, CheckForm> checks,
    @Doc("How it is decided what to do.") Optional<DecideForm> decide,
    @Doc("Who must say yes to a plan before it runs.") Optional<ApprovalsForm> approvals,
    @Doc("Where users are kept away while things move, and let in again however a run ends.")
        List<MaintenanceForm> maintenance,
    @Doc("What a CDN keeps of a component and is thrown away once that has moved.")
        List<PurgeForm> purge,
    @Doc("What happens once the rollback is proven.") Optional<AfterForm> after,
    @Doc("Who is told, by name.") @Written(names = NameRule.NAME) Map<String, TellerForm> tell) {

  @Doc("Where state is kept.")
  @Written(byKey = true, shorthand = "folder")
  sealed interface StateForm {
    @Doc("State in a folder of this machine.")
    record Folder(@Doc("The folder, relative to this file.") Path folder) implements StateForm {}

    @Doc("State shared by several machines.")
    record Database(
        @Doc("JDBC URL of a PostgreSQL database, as a reference, e.g. ${env:LASTGOOD_DB}.")
            Secret postgres)
        implements StateForm {}
  }

  @Doc("Who must say yes to a plan before it runs.")
  record ApprovalsForm(
      @Doc("How many people must say yes; 0: nobody needs to; default: 1.") @Written(as = "default")
          Optional<Integer> count,
      @Doc("Whether the person who asked counts as one of them; default: allowed.")
          Optional<SelfApproval> self,
      @Doc("How long a yes counts for a run that has not begun; default: 30m.")
          Optional<Duration> expires,
      @Doc("What needs more, by name: data-loss, or a word that a verdict names under approvals.")
          Map<String, NeedForm> special,
      @Doc("People by role. When there are roles, only these people may approve.")
          Map<String, List<String>> roles) {}

  enum SelfApproval {
    ALLOWED,
    NEVER
  }

  @Doc("A number of people, or a number and a role that one of them must have.")
  @Written(shorthand = "count")
  record NeedForm(
      @Doc("How many people; default: 1.") Optional<Integer> count,
      @Doc("One of them must have this role.") Optional<String> role) {}

  @Doc("What a CDN keeps of a component.")
  record PurgeForm(
      @Doc("The component.") String component,
      @Doc("A zone of Cloudflare.") Optional<CloudflareForm> cloudflare,
      @Doc("What Vercel keeps of a project beyond its deployments.") Optional<VercelForm> vercel) {}

  @Doc("The caches of a project on Vercel.")
  record VercelForm(
      @Doc("Name or id (prj_…) of the project.") String project,
      @Doc("Slug or id (team_…) of the team; default: the account of the token.")
          Optional<String> team,
      @Doc("Access token, e.g. ${env:VERCEL_TOKEN}.") Secret token,
      @Doc("true: all of the project's CDN and data cache; else say what.")
          Optional<Boolean> everything,
      @Doc("Cache tags.") List<String> tags,
      @Doc(
              "true: they are only marked, so that the next visitor still gets the old answer while a new one is fetched; default: false.")
          Optional<Boolean> stale,
      @Doc("Address of the API; default: https://api.vercel.com.") Optional<String> baseUrl) {}

  @Doc("A zone of Cloudflare, whole or in part.")
  record CloudflareForm(
      @Doc("Id of the zone.") String zone,
      @Doc("API token with the right to purge, e.g. ${env:CLOUDFLARE_TOKEN}.") Secret token,
      @Doc("true: everything of the zone; else say what.") Optional<Boolean> everything,
      @Doc("Addresses, whole.") List<String> files,
      @Doc("Cache tags.") List<String> tags,
      @Doc("Host names.") List<String> hosts,
      @Doc("Address prefixes, without scheme: www.shop.example/js.") List<String> prefixes,
      @Doc("Address of the API; default: https://api.cloudflare.com.") Optional<String> baseUrl) {}

  @Doc("How users are kept away while things move.")
  record MaintenanceForm(
      @Doc("Component whose platform does it.") String component,
      @Doc(
              "Release of that component that keeps users away, e.g. on for a flag, where its platform has no maintenance mode of its own.")
          Optional<String> on,
      @Doc("Release that lets users in.") Optional<String> off,
      @Doc("Components whose move needs it; default: any.") @Written(as = "for") List<String> moves,
      @Doc(
              "moved: until everything has moved, since most checks come in by the users' door; proven: until the checks have passed; default: moved.")
          Optional<Until> until) {}

  enum Until {
    MOVED,
    PROVEN
  }

  @Doc("What happens once the rollback is proven.")
  record AfterForm(
      @Doc("How long the bad release stays held, so that no deploy brings it back; default: 24h.")
          Optional<Duration> hold,
      @Doc("How long to go on looking; default: 0s, not at all.") Optional<Duration> watch,
      @Doc("How often while looking; default: 15m.") Optional<Duration> every,
      @Doc(
              "How often in a row the checks must be healthy for the rollback to be proven; default: 2.")
          Optional<Integer> passes,
      @Doc("How long the checks may take to become healthy after the last switch; default: 60s.")
          Optional<Duration> patience) {}

  @Doc("A command that gets each message on its standard input.")
  record TellerForm(
      @Doc("Who it reaches: team, customers, or a word of yours; default: its name.")
          Optional<String> audience,
      @Doc("The command, as a list of words.") @Written(notEmpty = true) List<String> run,
      @Doc("How long it may take; default: 5s.") Optional<Duration> timeout) {}
}
