// A small journey and an answer for it, for tests.

import type { Answer, Journey, Rate, StageAnswer } from '../../api/types';

export const journey: Journey = {
  kind: 'Journey',
  id: 'seller-growth',
  name: { 'zh-Hant': '賣家獲取與成長', en: 'Seller growth' },
  window: '180d',
  stages: [
    { id: 'visit', name: '認知', steps: [{ id: 'landing', name: '到訪落地頁' }] },
    { id: 'lead', name: '興趣', steps: [{ id: 'contact', name: '留下聯絡方式', when: [{ event: 'Lead Captured' }] }] },
    {
      id: 'signed',
      name: '簽約',
      steps: [
        { id: 'won', name: '簽下合約', when: [{ event: 'Deal Won' }], belief: { feeling: 2 } },
        { id: 'call', name: '電話確認', when: [{ event: 'Call Made' }], belief: { feeling: 1 } },
      ],
    },
    { id: 'first', name: '首單', steps: [{ id: 'paid', name: '賣出第一單', when: [{ event: 'Order Paid' }], firstEver: true }] },
  ],
  exclude: [{ event: 'Account Closed', between: ['lead', 'first'] }],
};

export function rate(reached: number, n: number, half = 0.03): Rate {
  const p = n === 0 ? null : reached / n;
  return { rate: p, low: p === null ? null : Math.max(0, p - half), high: p === null ? null : Math.min(1, p + half), n };
}

export function stageOf(id: string, reached: number | null, n: number | null, more: Partial<StageAnswer> = {}): StageAnswer {
  return {
    id,
    reached,
    pending: reached === null ? null : 0,
    ofPrevious: reached === null || n === null ? null : rate(reached, n),
    ofStart: null,
    eventual: null,
    time: null,
    timeFromEntry: null,
    left: null,
    sentiment: { said: null, heard: null, behaved: null },
    cost: null,
    value: null,
    steps: [],
    ...more,
  };
}

export function answerOf(stages: StageAnswer[], more: Partial<Answer> = {}): Answer {
  return {
    definition: { kind: 'Journey', id: 'seller-growth', version: 7, hash: 'sha256:0' },
    asOf: '2018-11-14T15:59:59Z',
    timezone: 'Asia/Taipei',
    from: null,
    to: null,
    rule: { subject: 'person', order: 'ordered', entry: 'latest', window: '180d', excluded: 'remove' },
    facts: { events: 120338, customers: 8000, through: 9412006 },
    entered: 8000,
    excluded: 0,
    unattributed: 0,
    stages,
    ...more,
  };
}
