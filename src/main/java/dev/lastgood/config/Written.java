package dev.lastgood.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Short ways of writing that a record of the file allows. Read by [Shapes], nowhere else.
final class Written {
  private Written() {}

  /// The key, where the name of the part cannot be it.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface As {
    String value();
  }

  /// A list or a mapping that must have something in it.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface NotEmpty {}

  /// A text alone stands for a mapping with this key.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface Short {
    String value();
  }

  /// This word means the same as leaving the key out.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface OrAbsent {
    String value();
  }

  /// A list of names stands for a mapping that gives each of them this value.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface OrListed {
    String value();
  }

  /// The first part of each record is its key, and tells which record it is.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface ByKey {}

  /// How the names of a mapping must look; default: any.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface NamedBy {
    Shape.NameRule value();
  }

  /// The condition is about what an HTTP check got, not about facts.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface OverHttp {}

  /// A secret that is often none, such as the value of a header.
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface MayBePlain {}
}
