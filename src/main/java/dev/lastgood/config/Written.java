package dev.lastgood.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// How a part of the file may be written, where its type does not say it. Read by [Shapes], nowhere
/// else. One annotation for all of it, because each annotation type costs a millisecond at start.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
@interface Written {
  /// The key, where the name of the part cannot be it.
  String as() default "";

  /// A list or a mapping that must have something in it.
  boolean notEmpty() default false;

  /// This word means the same as leaving the key out.
  String orAbsent() default "";

  /// A list of names stands for a mapping that gives each of them this value.
  String orListed() default "";

  /// How the names of a mapping must look.
  Shape.NameRule names() default Shape.NameRule.ANY;

  /// The condition is about what an HTTP check got, not about facts.
  boolean overHttp() default false;

  /// A secret that is often none, such as the value of a header.
  boolean mayBePlain() default false;

  /// Of a type: a text alone stands for a mapping with this key.
  String shorthand() default "";

  /// Of a sealed type: the first part of each record is its key, and tells which record it is.
  boolean byKey() default false;
}
