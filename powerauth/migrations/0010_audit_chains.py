from django.db import migrations, models

RECORDS = "powerauth_auditrecord"
HEAD = "powerauth_audithead"
TIES = "powerauth_audittie"
CHAINS = 16
SPAN = 10**14
HEAD_OF_TIES = 1000

# What the first version of the guard made of the head, in this table only.
OLD_HEAD_TRIGGERS = ("powerauth_audit_head", "powerauth_audit_head_forward")
SQLITE_OLD_HEAD_TRIGGERS = ("powerauth_audit_head_delete", "powerauth_audit_head_forward")

# A head that is set to what it is already is a server of the former version, which does itself what
# the trigger on the records has done for it.
POSTGRESQL = (
    """
    CREATE OR REPLACE FUNCTION powerauth_audit_forward() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.id <> OLD.id OR NEW.sequence < OLD.sequence
            OR (NEW.sequence = OLD.sequence AND NEW.hash <> OLD.hash) THEN
            RAISE EXCEPTION 'the head of the audit log only moves forward'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    f"""
    CREATE TRIGGER powerauth_audit_head BEFORE DELETE OR TRUNCATE ON {HEAD}
        FOR EACH STATEMENT EXECUTE FUNCTION powerauth_audit_refuse()
    """,
    f"ALTER TABLE {HEAD} ENABLE ALWAYS TRIGGER powerauth_audit_head",
    f"""
    CREATE TRIGGER powerauth_audit_head_forward BEFORE UPDATE ON {HEAD}
        FOR EACH ROW EXECUTE FUNCTION powerauth_audit_forward()
    """,
    f"ALTER TABLE {HEAD} ENABLE ALWAYS TRIGGER powerauth_audit_head_forward",
    f"""
    CREATE TRIGGER powerauth_audit_ties BEFORE UPDATE OR DELETE OR TRUNCATE ON {TIES}
        FOR EACH STATEMENT EXECUTE FUNCTION powerauth_audit_refuse()
    """,
    f"ALTER TABLE {TIES} ENABLE ALWAYS TRIGGER powerauth_audit_ties",
    # Not ALWAYS: where changes are replayed, the change of the head is replayed as well.
    f"""
    CREATE FUNCTION powerauth_audit_follow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE {HEAD} SET sequence = NEW.sequence, hash = NEW.hash
            WHERE id = NEW.sequence / {SPAN} AND sequence = NEW.sequence - 1
            AND hash = NEW.previous_hash;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the record does not follow the head of its chain'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,  # nosec B608 # constants
    f"""
    CREATE TRIGGER powerauth_audit_records_follow AFTER INSERT ON {RECORDS}
        FOR EACH ROW EXECUTE FUNCTION powerauth_audit_follow()
    """,
)

SQLITE = (
    f"""
    CREATE TRIGGER powerauth_audit_head_delete BEFORE DELETE ON {HEAD}
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    f"""
    CREATE TRIGGER powerauth_audit_head_forward BEFORE UPDATE ON {HEAD}
        WHEN NEW.id <> OLD.id OR NEW.sequence < OLD.sequence
            OR (NEW.sequence = OLD.sequence AND NEW.hash <> OLD.hash)
        BEGIN SELECT RAISE(ABORT, 'the head of the audit log only moves forward'); END
    """,
    f"""
    CREATE TRIGGER powerauth_audit_ties_update BEFORE UPDATE ON {TIES}
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    f"""
    CREATE TRIGGER powerauth_audit_ties_delete BEFORE DELETE ON {TIES}
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    f"""
    CREATE TRIGGER powerauth_audit_records_follow AFTER INSERT ON {RECORDS}
        BEGIN
            UPDATE {HEAD} SET sequence = NEW.sequence, hash = NEW.hash
                WHERE id = NEW.sequence / {SPAN} AND sequence = NEW.sequence - 1
                AND hash = NEW.previous_hash;
            SELECT RAISE(ABORT, 'the record does not follow the head of its chain')
                WHERE changes() = 0;
        END
    """,  # nosec B608 # constants
)


def _execute(schema_editor, *, postgresql, sqlite):
    for statement in {"postgresql": postgresql, "sqlite": sqlite}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def let_heads_change(apps, schema_editor):
    _execute(
        schema_editor,
        postgresql=[f"DROP TRIGGER {name} ON {HEAD}" for name in OLD_HEAD_TRIGGERS],
        sqlite=[f"DROP TRIGGER {name}" for name in SQLITE_OLD_HEAD_TRIGGERS],
    )


def split(apps, schema_editor):
    """Make the chain that there is chain 0, and the heads of the others."""
    head = apps.get_model("powerauth", "AuditHead")
    head.objects.filter(id=1).update(id=0)
    known = set(head.objects.values_list("id", flat=True))
    heads = [head(id=chain, sequence=chain * SPAN) for chain in range(CHAINS)]
    head.objects.bulk_create(
        row for row in [*heads, head(id=HEAD_OF_TIES)] if row.id not in known
    )
    _execute(schema_editor, postgresql=POSTGRESQL, sqlite=SQLITE)


class Migration(migrations.Migration):

    dependencies = [
        ('powerauth', '0009_titles_of_relations'),
    ]

    # There is no way back: the former version has one chain only.
    operations = [
        migrations.RunPython(let_heads_change),
        migrations.RemoveConstraint(model_name='audithead', name='audit_head_is_one_row'),
        migrations.AlterField(
            model_name='audithead',
            name='id',
            field=models.PositiveSmallIntegerField(primary_key=True, serialize=False),
        ),
        migrations.CreateModel(
            name='AuditTie',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('heads', models.TextField()),
                ('previous_hash', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-number'],
                'default_permissions': (),
            },
        ),
        migrations.AlterModelOptions(
            name='auditrecord',
            options={'default_permissions': ('view',), 'ordering': ['-at', '-sequence'], 'permissions': [('export_auditrecord', 'Can export the audit log')], 'verbose_name': 'change', 'verbose_name_plural': 'audit log'},
        ),
        migrations.RemoveIndex(model_name='auditrecord', name='audit_record_time'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['-at', '-sequence'], name='audit_record_time'),
        ),
        migrations.RemoveIndex(model_name='auditrecord', name='audit_record_object'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['object_id', '-at', '-sequence'], name='audit_record_object'),
        ),
        migrations.RemoveIndex(model_name='auditrecord', name='audit_record_type'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['object_type', '-at', '-sequence'], name='audit_record_type'),
        ),
        migrations.RemoveIndex(model_name='auditrecord', name='audit_record_actor'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['actor_id', '-at', '-sequence'], name='audit_record_actor'),
        ),
        migrations.RemoveIndex(model_name='auditrecord', name='audit_record_name'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['actor_name', '-at', '-sequence'], name='audit_record_name'),
        ),
        migrations.RemoveIndex(model_name='auditrecord', name='audit_record_action'),
        migrations.AddIndex(
            model_name='auditrecord',
            index=models.Index(fields=['action', '-at', '-sequence'], name='audit_record_action'),
        ),
        migrations.RunPython(split),
    ]
