package dev.lastgood.condition;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExprVisitor;
import dev.lastgood.condition.BadCondition.Problem;
import dev.lastgood.model.Names;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Finds comparisons that can never hold: a text with options, compared to what is not one of them.
/// `check_health == 'unhealty'` would be a rule that silently never fires.
final class Options {
  private static final Set<String> COMPARISONS = Set.of("_==_", "_!=_", "@in");

  private Options() {}

  static List<Problem> impossible(
      CelAbstractSyntaxTree tree, Vocabulary vocabulary, Literals literals) {
    var problems = new ArrayList<Problem>();
    new CelExprVisitor() {
      @Override
      protected void visit(CelExpr expr, CelExpr.CelCall call) {
        if (COMPARISONS.contains(call.function()) && call.args().size() == 2) {
          compare(call.args().get(0), call.args().get(1));
          compare(call.args().get(1), call.args().get(0));
        }
        super.visit(expr, call);
      }

      private void compare(CelExpr name, CelExpr texts) {
        List<String> options =
            vocabulary.options().getOrDefault(name.identOrDefault().name(), List.of());
        if (options.isEmpty()) {
          return;
        }
        for (CelExpr text : elements(texts)) {
          if (isText(text) && !options.contains(text.constant().stringValue())) {
            problems.add(never(name.ident().name(), text, options));
          }
        }
      }

      private Problem never(String name, CelExpr text, List<String> options) {
        String value = text.constant().stringValue();
        int at = tree.getSource().getPositionsMap().getOrDefault(text.id(), 0);
        return new Problem(
            literals.written(literals.cel().offsetByCodePoints(0, at)),
            "`" + name + "` is never `" + value + "`" + Names.hint(value, options));
      }
    }.visit(tree);
    return problems;
  }

  private static List<CelExpr> elements(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.LIST ? expr.list().elements() : List.of(expr);
  }

  private static boolean isText(CelExpr expr) {
    return expr.getKind() == CelExpr.ExprKind.Kind.CONSTANT
        && expr.constant().getKind() == CelConstant.Kind.STRING_VALUE;
  }
}
