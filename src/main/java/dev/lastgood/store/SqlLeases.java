package dev.lastgood.store;

import dev.lastgood.run.Leases;

/// The scheduler's rows, taken back at the start of a process that has the store for itself.
public final class SqlLeases implements Leases {
  private final Database database;

  public SqlLeases(Database database) {
    this.database = database;
  }

  @Override
  public void releaseAll() {
    database.plainly(sql ->
        sql.update(
            "update scheduled_tasks set picked = 0, picked_by = null, last_heartbeat = null,"
                + " version = version + 1 where picked = 1"));
  }
}
