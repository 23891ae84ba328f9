package dev.lastgood.condition;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelSource;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.lastgood.condition.BadCondition.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The CEL library, set up for Lastgood. Touching this class loads it.
final class CelLibrary {
  /// What a condition may cost: it comes from a file and meets bodies from the network.
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .enableHeterogeneousNumericComparisons(true)
          .maxExpressionCodePointSize(4_000)
          .maxParseRecursionDepth(250)
          .comprehensionMaxIterations(10_000)
          .maxRegexProgramSize(1_000)
          .build();

  private final Map<Vocabulary, CelCompiler> compilers = new HashMap<>();
  private @Nullable CelRuntime runtime;

  Compiled compile(String source, Vocabulary vocabulary) throws BadCondition {
    Literals literals = Literals.read(source);
    CelValidationResult result = compiler(vocabulary).compile(literals.cel());
    CelAbstractSyntaxTree tree = valid(result, literals, vocabulary);
    List<Problem> impossible = Options.impossible(tree, vocabulary, literals);
    if (!impossible.isEmpty()) {
      throw new BadCondition(impossible);
    }
    var names = new TreeSet<>(vocabulary.names().keySet());
    names.retainAll(
        tree.getReferenceMap().values().stream().map(reference -> reference.name()).toList());
    return new Compiled(names, TreeBytes.write(tree.getExpr()));
  }

  private static CelAbstractSyntaxTree valid(
      CelValidationResult result, Literals literals, Vocabulary vocabulary) throws BadCondition {
    try {
      return result.getAst();
    } catch (CelValidationException invalid) {
      List<CelIssue> issues = result.getErrors();
      throw new BadCondition(new Complaints(literals, vocabulary).problems(issues));
    }
  }

  private synchronized CelCompiler compiler(Vocabulary vocabulary) {
    return compilers.computeIfAbsent(vocabulary, CelLibrary::build);
  }

  private static CelCompiler build(Vocabulary vocabulary) {
    CelCompilerBuilder builder =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .setResultType(SimpleType.BOOL);
    vocabulary.names().forEach((name, kind) -> builder.addVar(name, type(kind)));
    return builder.build();
  }

  private static CelType type(Vocabulary.Kind kind) {
    return switch (kind) {
      case YES_NO -> SimpleType.BOOL;
      case NUMBER -> SimpleType.DOUBLE;
      case WHOLE -> SimpleType.INT;
      case TEXT -> SimpleType.STRING;
      case DURATION -> SimpleType.DURATION;
      case TEXTS -> MapType.create(SimpleType.STRING, SimpleType.STRING);
      case ANYTHING -> SimpleType.DYN;
    };
  }

  CelCondition.Program program(Compiled compiled) {
    // the tree was checked before it was written; the runtime finds overloads by the values it
    // meets
    CelAbstractSyntaxTree tree =
        CelAbstractSyntaxTree.newParsedAst(
            TreeBytes.read(compiled.tree()), CelSource.newBuilder().build());
    try {
      return new CelProgram(runtime().createProgram(tree));
    } catch (CelEvaluationException ours) {
      throw new IllegalStateException("a checked condition has no program", ours);
    }
  }

  void warmUp() {
    runtime();
  }

  private synchronized CelRuntime runtime() {
    CelRuntime ready = runtime;
    if (ready == null) {
      // of the library's two runtimes the one that can leave values unknown
      ready = CelRuntimeFactory.plannerRuntimeBuilder().setOptions(OPTIONS).build();
      runtime = ready;
    }
    return ready;
  }
}
