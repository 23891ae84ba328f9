package dev.lastgood.condition;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/// Writes a syntax tree as bytes and reads it back. The library's own form is a protobuf message;
/// setting protobuf up costs more than compiling the condition again.
final class TreeBytes {
  private TreeBytes() {}

  static byte[] write(CelExpr tree) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      write(tree, out);
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
    return bytes.toByteArray();
  }

  static CelExpr read(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      return read(in);
    } catch (IOException damaged) {
      throw new UncheckedIOException(damaged);
    }
  }

  private static void write(CelExpr expr, DataOutputStream out) throws IOException {
    out.writeUTF(expr.getKind().name());
    out.writeLong(expr.id());
    switch (expr.getKind()) {
      case CONSTANT -> writeConstant(expr.constant(), out);
      case IDENT -> out.writeUTF(expr.ident().name());
      case SELECT -> {
        write(expr.select().operand(), out);
        out.writeUTF(expr.select().field());
        out.writeBoolean(expr.select().testOnly());
      }
      case CALL -> {
        writeAll(expr.call().target().stream().toList(), out);
        out.writeUTF(expr.call().function());
        writeAll(expr.call().args(), out);
      }
      case LIST -> writeAll(expr.list().elements(), out);
      case MAP -> {
        out.writeInt(expr.map().entries().size());
        for (CelExpr.CelMap.Entry entry : expr.map().entries()) {
          out.writeLong(entry.id());
          write(entry.key(), out);
          write(entry.value(), out);
        }
      }
      case COMPREHENSION -> writeComprehension(expr.comprehension(), out);
      case STRUCT, NOT_SET ->
          throw new IllegalArgumentException(expr.getKind() + " cannot be in a condition");
    }
  }

  private static void writeComprehension(CelExpr.CelComprehension loop, DataOutputStream out)
      throws IOException {
    out.writeUTF(loop.iterVar());
    out.writeUTF(loop.iterVar2());
    write(loop.iterRange(), out);
    out.writeUTF(loop.accuVar());
    write(loop.accuInit(), out);
    write(loop.loopCondition(), out);
    write(loop.loopStep(), out);
    write(loop.result(), out);
  }

  private static void writeAll(List<CelExpr> all, DataOutputStream out) throws IOException {
    out.writeInt(all.size());
    for (CelExpr expr : all) {
      write(expr, out);
    }
  }

  private static void writeConstant(CelConstant constant, DataOutputStream out) throws IOException {
    out.writeUTF(constant.getKind().name());
    switch (constant.getKind()) {
      case NULL_VALUE -> {}
      case BOOLEAN_VALUE -> out.writeBoolean(constant.booleanValue());
      case INT64_VALUE -> out.writeLong(constant.int64Value());
      case UINT64_VALUE -> out.writeLong(constant.uint64Value().longValue());
      case DOUBLE_VALUE -> out.writeDouble(constant.doubleValue());
      case STRING_VALUE -> out.writeUTF(constant.stringValue());
      case BYTES_VALUE -> {
        byte[] bytes = constant.bytesValue().toByteArray();
        out.writeInt(bytes.length);
        out.write(bytes);
      }
      case TIMESTAMP_VALUE, DURATION_VALUE, NOT_SET ->
          throw new IllegalArgumentException(constant.getKind() + " is never written in CEL");
    }
  }

  private static CelExpr read(DataInputStream in) throws IOException {
    CelExpr.ExprKind.Kind kind = CelExpr.ExprKind.Kind.valueOf(in.readUTF());
    long id = in.readLong();
    return switch (kind) {
      case CONSTANT -> CelExpr.ofConstant(id, readConstant(in));
      case IDENT -> CelExpr.ofIdent(id, in.readUTF());
      case SELECT -> CelExpr.ofSelect(id, read(in), in.readUTF(), in.readBoolean());
      case CALL -> {
        Optional<CelExpr> target = readAll(in).stream().findFirst();
        yield CelExpr.ofCall(id, target, in.readUTF(), readAll(in));
      }
      case LIST -> CelExpr.ofList(id, readAll(in), ImmutableList.of());
      case MAP -> {
        var entries = ImmutableList.<CelExpr.CelMap.Entry>builder();
        for (int left = in.readInt(); left > 0; left--) {
          entries.add(CelExpr.ofMapEntry(in.readLong(), read(in), read(in), false));
        }
        yield CelExpr.ofMap(id, entries.build());
      }
      case COMPREHENSION ->
          CelExpr.ofComprehension(
              id,
              in.readUTF(),
              in.readUTF(),
              read(in),
              in.readUTF(),
              read(in),
              read(in),
              read(in),
              read(in));
      case STRUCT, NOT_SET -> throw new IOException(kind + " in a condition");
    };
  }

  private static ImmutableList<CelExpr> readAll(DataInputStream in) throws IOException {
    var all = ImmutableList.<CelExpr>builder();
    for (int left = in.readInt(); left > 0; left--) {
      all.add(read(in));
    }
    return all.build();
  }

  private static CelConstant readConstant(DataInputStream in) throws IOException {
    CelConstant.Kind kind = CelConstant.Kind.valueOf(in.readUTF());
    return switch (kind) {
      case NULL_VALUE -> CelConstant.ofValue(NullValue.NULL_VALUE);
      case BOOLEAN_VALUE -> CelConstant.ofValue(in.readBoolean());
      case INT64_VALUE -> CelConstant.ofValue(in.readLong());
      case UINT64_VALUE -> CelConstant.ofValue(UnsignedLong.fromLongBits(in.readLong()));
      case DOUBLE_VALUE -> CelConstant.ofValue(in.readDouble());
      case STRING_VALUE -> CelConstant.ofValue(in.readUTF());
      case BYTES_VALUE -> CelConstant.ofValue(CelByteString.of(in.readNBytes(in.readInt())));
      case TIMESTAMP_VALUE, DURATION_VALUE, NOT_SET ->
          throw new IOException(kind + " in a condition");
    };
  }
}
