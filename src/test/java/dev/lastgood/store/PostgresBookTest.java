package dev.lastgood.store;

import dev.lastgood.ledger.Book;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;

@DisplayNameGeneration(ReplaceUnderscores.class)
class PostgresBookTest implements BookContract {

  private Database database;
  private Book book;

  @BeforeEach
  void open() {
    database = Database.open(PostgresFixture.url());
    book = new StoredBook(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Override
  public Book book() {
    return book;
  }
}
