package dev.lastgood.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lastgood.rehearsal.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verdict about migrations of a Django project with its usual packages, as Django itself
/// prints, applies and takes them back.
@Tag("peers")
@DisplayNameGeneration(ReplaceUnderscores.class)
class DjangoPeerTest {
  @TempDir Path dir;
  private MigratedShop shop;
  private Peer django;

  @BeforeEach
  void open() throws Exception {
    django = Peer.installed("django-admin", "pip install django==5.2.19 'psycopg[binary]==3.3.9'");
    shop =
        new MigratedShop(
            dir,
            "tool: django, folder: ., print: [%s, sqlmigrate, \"{app}\", \"{name}\", --settings, settings, --pythonpath, .]"
                .formatted(django.program().getFirst()));
    String[] address = shop.address().split("[:/]", -1);
    shop.write(
        "v1",
        "settings.py",
        """
        SECRET_KEY = 'of a test'
        INSTALLED_APPS = ['django.contrib.auth', 'django.contrib.contenttypes', 'django.contrib.sessions', 'shop']
        DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
        DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'USER': 'postgres', 'HOST': '%s', 'PORT': '%s', 'NAME': '%s'}}
        """
            .formatted((Object[]) address));
    shop.write("v1", "shop/__init__.py", "");
    shop.write("v1", "shop/migrations/__init__.py", "");
    shop.write(
        "v1",
        "shop/models.py",
        """
        from django.db import models
        class Customer(models.Model):
            name = models.CharField(max_length=40)
        """);
    ran("v1", "makemigrations", "shop");
    shop.copy("v1", "v2");
    migration(
        "v2", "0002_nick", "migrations.AddField('customer', 'nick', models.TextField(null=True))");
    shop.copy("v2", "v3");
    migration("v3", "0003_rename", "migrations.RenameField('customer', 'name', 'full_name')");
    shop.copy("v3", "v4");
    migration("v4", "0004_drop", "migrations.RemoveField('customer', 'nick')");
  }

  private void migration(String release, String name, String operations) throws IOException {
    int number = Integer.parseInt(name.substring(0, 4));
    String before =
        switch (number) {
          case 2 -> "0001_initial";
          case 3 -> "0002_nick";
          default -> "0003_rename";
        };
    shop.write(
        release,
        "shop/migrations/" + name + ".py",
        """
        from django.db import migrations, models
        class Migration(migrations.Migration):
            dependencies = [('shop', '%s')]
            operations = [%s]
        """
            .formatted(before, operations));
  }

  private String ran(String release, String... words) throws Exception {
    String said =
        django.run(
            shop.release(release),
            Map.of(
                "DJANGO_SETTINGS_MODULE",
                "settings",
                "PYTHONPATH",
                shop.release(release).toString(),
                "PYTHONDONTWRITEBYTECODE",
                "1"),
            words);
    assertThat(said).endsWith("exit 0");
    return said;
  }

  @Test
  void django_takes_back_what_the_verdict_names_and_the_rollback_goes_on() throws Exception {
    ran("v1", "migrate");
    assertThat(shop.ask("select count(*) from django_migrations where app <> 'shop'"))
        .isNotEqualTo("0");
    shop.good("v1");
    assertThat(shop.done("verdict", "--to", "v1").text()).contains("SAFE");
    ran("v2", "migrate");
    shop.live("v2");
    assertThat(shop.done("verdict", "--to", "v1").text())
        .contains("SAFE", "shop.0002_nick adds shop_customer.nick (text)");
    ran("v3", "migrate");
    shop.live("v3");
    shop.sql("insert into shop_customer (full_name, nick) values ('Ann', 'Annie')");
    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "shop.0003_rename renames shop_customer.name to full_name");

    assertThat(shop.refused("rollback", "backend", "--yes", "--to", "backend=v1").text())
        .contains("shop.0003_rename", "take it back with its own tool");
    assertThat(shop.live()).isEqualTo("v3");
    assertThat(ran("v3", "showmigrations", "shop")).contains("[X] 0003_rename");

    ran("v3", "migrate", "shop", "0002");
    assertThat(shop.done("verdict", "--to", "v1").text()).contains("SAFE", "shop.0002_nick");
    shop.done("rollback", "backend", "--yes", "--to", "backend=v1");
    assertThat(shop.live()).isEqualTo("v1");
    assertThat(ran("v3", "showmigrations", "shop")).contains("[X] 0002_nick", "[ ] 0003_rename");
    assertThat(shop.ask("select name || nick from shop_customer")).isEqualTo("AnnAnnie");

    ran("v3", "migrate");
    assertThat(ran("v3", "showmigrations")).doesNotContain("[ ]");
    ran("v4", "migrate");
    shop.live("v4");
    assertThat(shop.refused("verdict", "--to", "v3").text())
        .contains("NEEDS_RESTORE", "shop.0004_drop drops column shop_customer.nick");
  }

  @Test
  void a_field_with_a_default_in_python_is_in_the_way_of_older_code() throws Exception {
    shop.copy("v1", "w2");
    migration(
        "w2",
        "0002_points",
        "migrations.AddField('customer', 'points', models.IntegerField(default=0))");
    ran("v1", "migrate");
    shop.good("v1");
    ran("w2", "migrate");
    shop.live("w2");

    assertThat(shop.refused("verdict", "--to", "v1").text())
        .contains("STEP_DOWN_FIRST", "needs a value that older code does not give");
  }

  @Test
  void operations_in_python_are_asked_about() throws Exception {
    shop.copy("v1", "w2");
    migration(
        "w2",
        "0002_python",
        "migrations.AddField('customer', 'nick', models.TextField(null=True)),"
            + " migrations.RunPython(lambda apps, editor: apps.get_model('shop', 'Customer').objects.all().delete())");
    ran("v1", "migrate");
    shop.good("v1");
    ran("w2", "migrate");
    shop.live("w2");

    assertThat(shop.exits(MigratedShop.UNKNOWN, "verdict", "--to", "v1").text())
        .contains("BLOCKED", "shop.0002_python", "a part of it is Python");
  }

  @Test
  void a_package_that_came_later_is_printed_and_judged_too() throws Exception {
    ran("v1", "migrate");
    shop.good("v1");
    ran("v2", "migrate");
    shop.write(
        "v2",
        "settings.py",
        shop.read("v2", "settings.py")
            .replace("'django.contrib.auth'", "'django.contrib.sites', 'django.contrib.auth'"));
    ran("v2", "migrate");
    shop.live("v2");

    assertThat(shop.done("verdict", "--to", "v1").text())
        .contains("SAFE", "sites.0001_initial creates table django_site");
  }
}
