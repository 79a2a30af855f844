// What really happened: the flow through the journey's stages, and the paths
// around them.
import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { firstChoice, pathKinds, type PathKind } from '../model/paths';
import { useBoard } from '../useBoard';
import { JourneyFlow } from './JourneyFlow';
import { PathsView } from './PathsView';
import styles from './FlowView.module.css';

export function FlowView() {
  const { t } = useTranslation('paths');
  const { address, go, journey, leak } = useBoard();
  const show = (next: PathKind | 'journey') => go({ path: next === 'journey' ? undefined : firstChoice(next, journey, leak) });
  return (
    <div className={styles.flow}>
      <div className={styles.switch}>
        <Segmented<PathKind | 'journey'>
          value={address.path?.kind ?? 'journey'}
          onChange={show}
          options={(['journey', ...pathKinds] as const).map((value) => ({ value, label: t(`kind.${value}`) }))}
          aria-label={t('kind.title')}
        />
      </div>
      {address.path ? <PathsView choice={address.path} /> : <JourneyFlow />}
    </div>
  );
}
