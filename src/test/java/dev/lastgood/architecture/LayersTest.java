package dev.lastgood.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// The rooms and their doors: which package may know which.
@DisplayNameGeneration(ReplaceUnderscores.class)
class LayersTest {
  private static final JavaClasses LASTGOOD =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.lastgood");

  /// What each room may see besides itself. A stage knows the stages to its left, never to its
  /// right.
  private static final Map<String, List<String>> DOORS =
      Map.ofEntries(
          Map.entry("model", List.of()),
          // two states of one database; adapters of databases and flow ask it
          Map.entry("database", List.of("model")),
          Map.entry(
              "provider",
              List.of(
                  "model", "database", "database.salvage", "database.sql", "database.migration")),
          Map.entry("condition", List.of("model")),
          Map.entry("signal", List.of("model", "provider", "condition")),
          Map.entry("ledger", List.of("model", "condition", "signal")),
          Map.entry("decision", List.of("model", "condition", "signal", "ledger")),
          Map.entry("plan", List.of("model", "provider", "condition", "ledger", "decision")),
          Map.entry("approval", List.of("model", "condition", "plan")),
          Map.entry("run", List.of("model", "provider", "condition", "plan", "approval")),
          // Checks and tellers that are commands run as the adapters' commands do: one way to bound
          // and
          // end a process.
          Map.entry(
              "evidence",
              List.of("model", "provider", "provider.local", "condition", "signal", "plan", "run")),
          Map.entry(
              "report",
              List.of(
                  "model",
                  "provider",
                  "condition",
                  "signal",
                  "ledger",
                  "decision",
                  "plan",
                  "approval",
                  "run",
                  "evidence")),
          Map.entry(
              "tell",
              List.of("model", "provider", "provider.local", "condition", "plan", "run", "report")),
          Map.entry(
              "store",
              List.of("model", "condition", "ledger", "plan", "approval", "run", "evidence")),
          Map.entry(
              "config",
              List.of(
                  "model", "provider", "condition", "decision", "approval", "evidence", "plan")),
          Map.entry(
              "flow",
              List.of(
                  "model",
                  "provider",
                  "condition",
                  "signal",
                  "ledger",
                  "decision",
                  "plan",
                  "approval",
                  "run",
                  "evidence",
                  "report",
                  "tell",
                  "config",
                  "database",
                  "database.migration",
                  "database.salvage")),
          // a played platform that knew the adapter would agree with its mistakes
          Map.entry("rehearsal", List.of("model")),
          // the one place where adapters' settings and played platforms meet
          Map.entry(
              "rehearse",
              List.of(
                  "model",
                  "provider..",
                  "rehearsal",
                  "condition",
                  "decision",
                  "approval",
                  "evidence",
                  "plan",
                  "config",
                  "flow")),
          // what stands for the reader's own system knows nothing of Lastgood
          Map.entry("demo.shop", List.of()),
          Map.entry("demo", List.of("model", "provider", "provider.local", "demo.shop")),
          Map.entry(
              "cli",
              List.of(
                  "model",
                  "condition",
                  "decision",
                  "plan",
                  "approval",
                  "run",
                  "ledger",
                  "evidence",
                  "report",
                  "config",
                  "database",
                  "database.migration",
                  "database.salvage",
                  "flow")));

  @Test
  void every_room_sees_only_the_rooms_it_may() {
    DOORS.forEach((room, doors) -> {
      String[] allowed =
          java.util.stream.Stream.concat(
                  java.util.stream.Stream.of("dev.lastgood." + room + ".."),
                  doors.stream().map(d -> "dev.lastgood." + d))
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("dev.lastgood." + room + "..")
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                      "dev.lastgood..")
                  .and(
                      com.tngtech.archunit.base.DescribedPredicate.not(
                          com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                              allowed))))
          .because(
              room
                  + " may see "
                  + Arrays.toString(allowed)
                  + "; bad news never calls backwards, it enters as a new Signal")
          .allowEmptyShould(true)
          .check(LASTGOOD);
    });
  }

  @Test
  void one_class_knows_the_client_library_of_kubernetes() {
    noClasses()
        .that()
        .haveNameNotMatching("dev[.]lastgood[.]provider[.]kubernetes[.]Fabric([$].*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.fabric8..")
        .because("commands that ask no cluster shall not load it")
        .check(LASTGOOD);
  }

  @Test
  void the_deciding_rooms_do_no_io() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "dev.lastgood.model..",
            "dev.lastgood.condition..",
            "dev.lastgood.ledger..",
            "dev.lastgood.decision..",
            "dev.lastgood.plan..",
            "dev.lastgood.approval..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.sql..", "javax.sql..", "java.nio.file..")
        .because("a decision must be repeatable from its facts alone; gather them in flow")
        .check(LASTGOOD);
  }

  @Test
  void time_is_given_never_taken() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.lastgood")
        .and()
        // the demo's programs are processes of their own, each with its own Main
        .haveSimpleNameNotEndingWith("Main")
        .should()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(java.time.InstantSource.class, "system")
        .orShould()
        .callMethod(java.time.Clock.class, "systemUTC")
        .because("only Main says what time it is; everybody else is given an InstantSource")
        .check(LASTGOOD);
  }

  @Test
  void an_adapter_sees_no_other_adapter() {
    slices()
        .matching("dev.lastgood.provider.(*)..")
        .should()
        .notDependOnEachOther()
        // Building blocks, no adapters: those of one machine share the first, those behind HTTP
        // APIs the second, those for flags the third, those of other machines the fourth, those of
        // hosted repositories the fifth.
        .ignoreDependency(
            com.tngtech.archunit.base.DescribedPredicate.alwaysTrue(),
            com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage(
                "dev.lastgood.provider.local",
                "dev.lastgood.provider.http",
                "dev.lastgood.provider.flag",
                "dev.lastgood.provider.ssh",
                "dev.lastgood.provider.forge"))
        .because("an adapter can be deleted by deleting its folder")
        .allowEmptyShould(true)
        .check(LASTGOOD);
  }

  @Test
  void all_sql_is_in_the_store() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.lastgood.store..",
            "dev.lastgood.database..",
            "dev.lastgood.provider..",
            "dev.lastgood")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.sqlite..", "org.postgresql..")
        .because("SQL lives in store, in database, and in the adapters of databases")
        .check(LASTGOOD);
  }

  @Test
  void there_are_no_cycles() {
    slices()
        .matching("dev.lastgood.(*)..")
        .should()
        .beFreeOfCycles()
        .because("the flow goes one way")
        .check(LASTGOOD);
  }

  @Test
  void every_package_has_its_charter() {
    classes()
        .that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith("org.jspecify.annotations.NullMarked")
        .because("null is an error unless a type says otherwise")
        .check(LASTGOOD);
  }
}
