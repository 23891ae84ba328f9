package dev.lastgood.database;

import dev.lastgood.database.SchemaDiff.Change;
import dev.lastgood.database.SchemaDiff.Change.ColumnAdded;
import dev.lastgood.database.SchemaDiff.Change.ColumnDropped;
import dev.lastgood.database.SchemaDiff.Change.ColumnRenamed;
import dev.lastgood.database.SchemaDiff.Change.ColumnRetyped;
import dev.lastgood.database.SchemaDiff.Change.ConstraintAdded;
import dev.lastgood.database.SchemaDiff.Change.ConstraintDropped;
import dev.lastgood.database.SchemaDiff.Change.DefaultChanged;
import dev.lastgood.database.SchemaDiff.Change.NullChanged;
import dev.lastgood.database.SchemaDiff.Change.RowSecurityChanged;
import dev.lastgood.database.SchemaDiff.Change.TableAdded;
import dev.lastgood.database.SchemaDiff.Change.TableDropped;
import dev.lastgood.database.SchemaDiff.Change.TableRenamed;

/// What one change of the schema means to the code that knew the schema before it.
enum Weight {
  HARMLESS,
  STEP_DOWN,
  GONE;

  static Weight of(Change change) {
    return switch (change) {
      case TableAdded _, ConstraintDropped _ -> HARMLESS;
      case TableDropped _, ColumnDropped _ -> GONE;
      case TableRenamed _, ColumnRenamed _, ConstraintAdded _, RowSecurityChanged _ -> STEP_DOWN;
      case ColumnAdded c -> c.needed() ? STEP_DOWN : HARMLESS;
      case ColumnRetyped c -> c.wider() ? HARMLESS : STEP_DOWN;
      case NullChanged c -> c.now() ? STEP_DOWN : HARMLESS;
      case DefaultChanged c -> c.hasDefault() ? HARMLESS : STEP_DOWN;
    };
  }

  static String words(Change change) {
    String table = change.table().toString();
    return switch (change) {
      case TableAdded _ -> table + " is new";
      case TableDropped _ -> table + " was dropped";
      case TableRenamed c -> table + " is called " + c.to() + " now";
      case ColumnAdded c ->
          table
              + "."
              + c.column()
              + (c.needed()
                  ? " is new and must not be null, and old code does not see to it"
                  : " is new");
      case ColumnDropped c -> table + "." + c.column() + " was dropped";
      case ColumnRenamed c -> table + "." + c.column() + " is called " + c.to() + " now";
      case ColumnRetyped c ->
          table
              + "."
              + c.column()
              + " was "
              + c.from()
              + " and is "
              + c.to()
              + (c.wider() ? ", which takes every old value" : "");
      case NullChanged c ->
          table + "." + c.column() + (c.now() ? " must not be null now" : " may be null now");
      case DefaultChanged c ->
          table + "." + c.column() + (c.hasDefault() ? " has a default now" : " lost its default");
      case ConstraintAdded c -> table + " has a new rule " + c.name() + ": " + c.definition();
      case ConstraintDropped c -> table + " lost the rule " + c.name() + ": " + c.definition();
      case RowSecurityChanged c ->
          table + (c.now() ? " has row-level security now" : " lost its row-level security");
    };
  }
}
