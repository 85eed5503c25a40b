"""What the county may do here: drop a closed box, and answer the slip whose code somebody shows. Nothing else.

The functions run as the tables' owner and look for one exact key: they list nothing and count nothing.
"""

from django.db import migrations

DROP = """
CREATE FUNCTION clues_drop(
    a_id uuid, a_box bytea, a_once bytea, a_code_key bytea, a_code_tag bytea, a_word_key bytea, a_word_tag bytea,
    a_verify_no text, a_arrived_on date, a_slip bytea, a_lang text, a_files uuid[], a_boxes bytea[]
) RETURNS TABLE (verify_no text, arrived_on date, lang text, slip bytea, fresh boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO clues_clue (id, state, level, box, once, code_key, code_tag, word_key, word_tag, verify_no, arrived_on, slip, lang)
    VALUES (a_id, 'arrived', 'county', a_box, a_once, a_code_key, a_code_tag, a_word_key, a_word_tag, a_verify_no,
            a_arrived_on, a_slip, a_lang)
    ON CONFLICT (once) DO NOTHING;
    fresh := FOUND;
    IF fresh THEN
        INSERT INTO clues_enclosure (id, box) SELECT * FROM unnest(a_files, a_boxes);
    END IF;
    RETURN QUERY SELECT c.verify_no, c.arrived_on, c.lang, c.slip, fresh FROM clues_clue c WHERE c.once = a_once;
END $$
"""
SLIP = """
CREATE FUNCTION clues_slip(a_fast bytea, a_tag bytea) RETURNS TABLE (
    id uuid, word_key bytea, word_tag bytea, slip bytea, arrived_on date, verify_no text, lang text, slip_key bytea
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT id, word_key, word_tag, slip, arrived_on, verify_no, lang, slip_key FROM clues_clue
    WHERE code_key = a_fast OR code_tag = a_tag
$$
"""
VERIFY = """
CREATE FUNCTION clues_verify(a_number text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT slip FROM clues_clue WHERE verify_no = a_number
$$
"""
WORD = """
CREATE FUNCTION clues_word(a_fast bytea, a_tag bytea, a_word_key bytea, a_word_tag bytea) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH fast AS (
        UPDATE clues_clue SET word_key = a_word_key, word_tag = NULL WHERE code_key = a_fast RETURNING 1
    ), slow AS (
        UPDATE clues_clue SET word_tag = a_word_tag, word_key = NULL WHERE code_tag = a_tag RETURNING 1
    ) SELECT ((SELECT count(*) FROM fast) + (SELECT count(*) FROM slow))::integer
$$
"""


class Migration(migrations.Migration):
    dependencies = [("clues", "0001_initial")]
    operations = [
        migrations.RunSQL(DROP, "DROP FUNCTION clues_drop"),
        migrations.RunSQL(SLIP, "DROP FUNCTION clues_slip"),
        migrations.RunSQL(VERIFY, "DROP FUNCTION clues_verify"),
        migrations.RunSQL(WORD, "DROP FUNCTION clues_word"),
    ]
