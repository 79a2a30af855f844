-- Every commit tells all nodes what it changed, as part of itself: there is no change
-- without its news, whoever made it, and no news of what was rolled back. A hint is
-- told, never data; equal ones of one transaction are told once.
CREATE FUNCTION beichen_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'revisions' THEN
        PERFORM pg_notify('beichen', json_build_object(
            'what', 'definition', 'kind', NEW.kind, 'id', NEW.id, 'version', NEW.version, 'author', left(NEW.author, 200))::text);
    WHEN 'approvals' THEN
        PERFORM pg_notify('beichen', json_build_object(
            'what', 'definition', 'kind', NEW.kind, 'id', NEW.id, 'version', NEW.version, 'author', left(NEW.by_name, 200))::text);
    ELSE
        PERFORM pg_notify('beichen', '{"what":"access"}');
    END CASE;
    RETURN NULL;
END $$;

CREATE TRIGGER tell AFTER INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION beichen_tell();
CREATE TRIGGER tell AFTER INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION beichen_tell();
CREATE TRIGGER tell AFTER INSERT OR UPDATE ON workspace FOR EACH ROW EXECUTE FUNCTION beichen_tell();
-- Not when somebody was last seen, or a key last used: that is written every minute.
CREATE TRIGGER tell AFTER INSERT OR DELETE OR UPDATE OF name, role, password, disabled, sign_outs ON members
    FOR EACH ROW EXECUTE FUNCTION beichen_tell();
CREATE TRIGGER tell AFTER INSERT OR DELETE OR UPDATE OF name, scopes, revoked_at ON keys
    FOR EACH ROW EXECUTE FUNCTION beichen_tell();
CREATE TRIGGER tell AFTER DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION beichen_tell();
