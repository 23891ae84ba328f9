package dev.lastgood.store;

import dev.lastgood.ledger.Book;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class SqliteBookTest implements BookContract {
  @TempDir Path folder;
  private Database database;
  private Book book;

  @BeforeEach
  void open() {
    database = Database.open(folder);
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
