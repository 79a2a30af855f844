import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import drawer from '../../board/drawer/Drawer.module.css';
import { useLocale } from '../../format/useFormat';
import { objectiveKey } from '../model/arrange';
import { freshId } from '../model/operation';
import { useEditing } from '../useEditing';

/** A new objective by its name; its strategies are added where it is selected. */
export function AddObjective({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation('tree');
  const editing = useEditing();
  const locale = useLocale();
  const [name, setName] = useState('');
  if (!editing) return null;
  const { tree, perform, select } = editing;
  return (
    <form
      className={drawer.fields}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        const id = freshId(tree, 'objective', name);
        perform({ do: 'addObjective', objective: { id, name: { [locale]: name.trim() } } });
        select(objectiveKey(id));
        onDone();
      }}
    >
      <Input autoFocus value={name} placeholder={t('edit.objectiveName')} aria-label={t('edit.objectiveName')} onChange={({ target }) => setName(target.value)} />
      <Button type="primary" htmlType="submit" disabled={name.trim() === ''}>
        {t('edit.add')}
      </Button>
    </form>
  );
}
