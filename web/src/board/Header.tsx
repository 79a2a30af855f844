// The journey's name, its state in the ledger, and what can be done with the
// whole of it.
import { DownOutlined, EditOutlined, EllipsisOutlined, RedoOutlined, SettingOutlined, UndoOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { usePhone } from '../app/preferences';
import { useFormat, useLocale } from '../format/useFormat';
import { copyText } from '../ui/CopyButton';
import { LinkButton } from '../ui/Links';
import { Localized } from '../ui/Localized';
import { PageHeader } from '../ui/PageHeader';
import { StatusBadge } from '../ui/StatusBadge';
import { InPlace } from './canvas/InPlace';
import { useExports } from './export/useExports';
import { renamed } from './model/naming';
import { searchOf } from './model/address';
import { queryOf } from '../api/client';
import { useBoard, useSheet } from './useBoard';

export function Header() {
  const { t } = useTranslation('board');
  const board = useSheet();
  const { journey, revision, editing, dirty, draft, nameOf } = board;
  const locale = useLocale();
  const format = useFormat();
  const phone = usePhone();

  const title = editing ? (
    <InPlace
      value={nameOf(journey)}
      label={t('header.name')}
      onSave={(name) => board.perform({ do: 'edit', patch: { name: renamed(journey.name, locale, name) } })}
    />
  ) : (
    <Localized text={journey.name} fallback={journey.id} />
  );

  return (
    <PageHeader
      title={title}
      documentTitle={nameOf(journey)}
      badge={<StatusBadge status={revision.status} deleted={revision.deleted} />}
      meta={
        <span title={revision.reason}>
          {t('header.version', { version: draft.version, author: revision.author, date: format.date(revision.at) })}
          {dirty && <b> · {t('header.unsaved')}</b>}
        </span>
      }
      actions={
        <>
          {editing && (
            <>
              <Button type="text" icon={<UndoOutlined aria-hidden />} aria-label={t('header.undo')} title={`${t('header.undo')} (Ctrl+Z)`} disabled={draft.done.length === 0} onClick={board.undo} />
              <Button type="text" icon={<RedoOutlined aria-hidden />} aria-label={t('header.redo')} title={`${t('header.redo')} (Ctrl+Shift+Z)`} disabled={draft.undone.length === 0} onClick={board.redo} />
              <Button type="text" icon={<SettingOutlined aria-hidden />} aria-label={t('header.rules')} title={t('header.rules')} onClick={() => board.open({ kind: 'journey' })} />
            </>
          )}
          {!editing && phone && <MoreButton />}
          {!editing && !phone && (
            <>
              <ShareButton />
              <LinkButton to="/ledger/$kind/$id" params={{ kind: 'Journey', id: revision.id }} search={{}}>
                {t('header.versions')}
              </LinkButton>
              <ExportButton />
            </>
          )}
          {board.mayEdit && !dirty && revision.status === 'proposed' && !revision.deleted && (
            <Button onClick={() => board.open({ kind: 'approve' })}>{t('header.approve')}</Button>
          )}
          {dirty && (
            <Button type="primary" onClick={() => board.open({ kind: 'save' })}>
              {t('header.save')}
            </Button>
          )}
          {board.mayEdit && (
            <Button
              type={editing ? 'default' : 'primary'}
              icon={editing ? undefined : <EditOutlined aria-hidden />}
              aria-pressed={editing}
              onClick={() => board.go({ edit: !editing })}
            >
              {t(editing ? 'header.read' : 'header.draw')}
            </Button>
          )}
        </>
      }
    />
  );
}

function ShareButton() {
  const { t } = useTranslation('board');
  const share = useShare();
  return <Button onClick={share}>{t('header.share')}</Button>;
}

function ExportButton() {
  const { t } = useTranslation('board');
  const items = useExports();
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button>
        {t('header.export')} <DownOutlined aria-hidden />
      </Button>
    </Dropdown>
  );
}

/** On a phone, all that can be done besides drawing, behind one button. */
function MoreButton() {
  const { t } = useTranslation('board');
  const { revision } = useSheet();
  const exports = useExports();
  const share = useShare();
  const navigate = useNavigate();
  const items = [
    { key: 'share', label: t('header.share'), onClick: share },
    { key: 'versions', label: t('header.versions'), onClick: () => void navigate({ to: '/ledger/$kind/$id', params: { kind: 'Journey', id: revision.id }, search: {} }) },
    { type: 'divider' as const },
    ...exports,
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
      <Button icon={<EllipsisOutlined aria-hidden />} aria-label={t('header.more')} />
    </Dropdown>
  );
}

/** Copies the address of exactly this view, its as-of pinned. */
function useShare(): () => void {
  const { t } = useTranslation('board');
  const { address, answer } = useBoard();
  const { message } = App.useApp();
  return () => {
    const asOf = address.asOf ?? answer?.asOf;
    const query = queryOf(searchOf({ ...address, edit: false, ...(asOf && { asOf }) }));
    void copyText(`${window.location.origin}${window.location.pathname}${query}`).then(() => message.success(t('header.shared')));
  };
}
