import { useParams } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { NotFound } from '../app/NotFound';
import { AccountSection } from './AccountSection';
import { AuditSection } from './AuditSection';
import { KeysSection } from './KeysSection';
import { MembersSection } from './MembersSection';
import { SendingSection } from './SendingSection';
import type { Section } from './sections';
import { WorkspaceSection } from './WorkspaceSection';

const contents: Record<Section, ComponentType> = {
  workspace: WorkspaceSection,
  members: MembersSection,
  keys: KeysSection,
  sending: SendingSection,
  audit: AuditSection,
  account: AccountSection,
};

export default function SettingsSection() {
  const { section } = useParams({ from: '/inside/settings/$section' });
  const Content = Object.hasOwn(contents, section) ? contents[section as Section] : NotFound;
  return <Content />;
}
