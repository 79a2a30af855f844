export const sections = ['workspace', 'members', 'keys', 'sending', 'audit', 'account'] as const;
export type Section = (typeof sections)[number];
