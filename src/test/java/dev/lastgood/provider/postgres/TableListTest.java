package dev.lastgood.provider.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lastgood.database.TableName;
import dev.lastgood.provider.Piecemeal.NoSuchPart;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TableListTest {
  private static final List<TableName> KNOWN =
      List.of(
          new TableName("public", "customer"),
          new TableName("public", "Odd \"Name, and.more"),
          new TableName("crm", "customer"),
          new TableName("crm", "deal"),
          new TableName("old", "deal"));

  private static List<String> resolved(String... texts) throws NoSuchPart {
    return TableList.resolve(List.of(texts), KNOWN, "snapshot-1").stream()
        .map(t -> t.schema() + "/" + t.name())
        .toList();
  }

  @Test
  void names_stand_alone_or_with_their_schema_in_quotes_where_they_are_odd() throws Exception {
    assertThat(resolved("customer")).containsExactly("public/customer");
    assertThat(resolved("crm.customer, old.\"deal\"")).containsExactly("crm/customer", "old/deal");
    assertThat(resolved("customer,\"Odd \"\"Name, and.more\"", "crm.deal"))
        .containsExactly("crm/deal", "public/Odd \"Name, and.more", "public/customer");
  }

  @Test
  void what_is_no_name_of_one_table_is_told() {
    assertThatThrownBy(() -> resolved("costumer"))
        .isInstanceOf(NoSuchPart.class)
        .hasMessageContaining("no table costumer in snapshot-1; did you mean `customer`?");
    assertThatThrownBy(() -> resolved("deal"))
        .hasMessageContaining(
            "more than one table is called deal: say which, crm.deal or old.deal");
    assertThatThrownBy(() -> resolved("a,,b")).hasMessageContaining("is no list of tables");
    assertThatThrownBy(() -> resolved("a.b.c")).hasMessageContaining("is no list of tables");
    assertThatThrownBy(() -> resolved("\"a")).hasMessageContaining("a quote is not closed");
    assertThatThrownBy(() -> resolved("Customer")).isInstanceOf(NoSuchPart.class);
  }
}
