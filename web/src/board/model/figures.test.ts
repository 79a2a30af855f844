import { describe, expect, it } from 'vitest';
import { asCounted, asDrawn, believed, changeSince, clearlyDifferent, figuresAt, halfWidth, isSmall, perceptionGap, stageBefore, standingOf } from './figures';
import { mainCurrency, mainMoney, worstLeak } from './leak';
import { answerOf, journey, rate, stageOf } from './sample';

const brl = (perCustomer: number, customers: number) => [{ currency: 'BRL', total: perCustomer * customers, perCustomer }];

describe('figures', () => {
  it('a rate on fewer than thirty customers is small', () => {
    expect([isSmall(rate(3, 29)), isSmall(rate(3, 30)), isSmall(null)]).toEqual([true, false, false]);
  });

  it('the half width of an unknown interval is unknown', () => {
    expect(halfWidth({ rate: 0.4, low: 0.35, high: 0.45, n: 400 })).toBeCloseTo(0.05);
    expect(halfWidth({ rate: null, low: null, high: null, n: 0 })).toBeNull();
  });

  it('the stage before is the last one that is required and measured', () => {
    const answer = answerOf([stageOf('visit', null, null), stageOf('lead', 100, null), stageOf('signed', 50, 100), stageOf('first', 10, 100)]);
    const optional = { ...journey, stages: journey.stages.map((stage) => (stage.id === 'signed' ? { ...stage, optional: true } : stage)) };
    expect(stageBefore(journey, 'first', answer)?.id).toBe('signed');
    expect(stageBefore(optional, 'first', answer)?.id).toBe('lead');
    expect(stageBefore(journey, 'lead', answer)).toBeNull();
  });

  it('a stage that is held elsewhere counts where it is held', () => {
    const answer = answerOf([stageOf('visit', 200, null), stageOf('signed', 50, 200), stageOf('lead', 40, 50), stageOf('first', 10, 40)]);
    expect(asCounted(journey, answer).map(({ id }) => id)).toEqual(['visit', 'signed', 'lead', 'first']);
    expect(stageBefore(journey, 'lead', answer)?.id).toBe('signed');
    expect(asCounted(journey, undefined)).toEqual(journey.stages);
  });

  it('in any order, level k is shown where the k-th stage is drawn (journey.md, rule 5)', () => {
    const told = answerOf(['1', '2', '3', '4'].map((id, k) => stageOf(id, 200 - k, null)));
    const anyOrder = { ...told, rule: { ...told.rule, order: 'any' as const }, breakdown: [{ value: 'mail', entered: 1, excluded: 0, stages: told.stages }] };
    const drawn = asDrawn(anyOrder, journey.stages);
    expect(drawn?.stages.map(({ id, reached }) => [id, reached])).toEqual([['visit', 200], ['lead', 199], ['signed', 198], ['first', 197]]);
    expect(drawn?.breakdown?.[0]?.stages.map(({ id }) => id)).toEqual(['visit', 'lead', 'signed', 'first']);
    expect(asDrawn(told, journey.stages)).toBe(told);
  });

  it('a step that is held over another stage, or was just taken from one, has its numbers where it stands in the answer', () => {
    const over = (stage: string) => answerOf(['visit', 'lead', 'signed', 'first'].map((id) => stageOf(id, 9, null, { steps: id === stage ? [stageOf('won', 7, 9)] : [] })));
    const won = { stage: 'signed', step: 'won' };
    expect(standingOf(journey, over('first'), won)).toEqual({ stage: 'first', step: 'won' });
    expect(figuresAt(over('first'), standingOf(journey, over('first'), won))?.reached).toBe(7);
    expect(standingOf(journey, over('signed'), won)).toEqual(won);
    expect(standingOf(journey, undefined, won)).toEqual(won);
    // Of two steps of one id, each has its own numbers.
    const twice = { ...journey, stages: journey.stages.with(3, { id: 'first', steps: [{ id: 'won' }] }) };
    expect(standingOf(twice, over('first'), won)).toEqual(won);
    expect(standingOf(twice, over('lead'), { stage: 'lead' })).toEqual({ stage: 'lead' });
  });

  it('a change is in points where there is a rate, else a share of the count', () => {
    expect(changeSince(stageOf('a', 30, 100), stageOf('a', 20, 100))).toMatchObject({ by: expect.closeTo(0.1), unit: 'points' });
    expect(changeSince(stageOf('a', 118, null), stageOf('a', 100, null))).toMatchObject({ by: expect.closeTo(0.18), unit: 'share', clear: false });
    expect(changeSince(stageOf('a', 118, 0), stageOf('a', 100, 0))).toMatchObject({ by: expect.closeTo(0.18), unit: 'share' });
    expect(changeSince(stageOf('a', 118, null), undefined)).toBeNull();
    expect(changeSince(stageOf('a', 30, 100), stageOf('a', 0, 0))).toBeNull();
    expect(changeSince(stageOf('a', 5, null), stageOf('a', 0, null))).toBeNull();
  });

  it('two rates differ clearly as Newcombe’s 1998 worked example says', () => {
    // 56/70 against 48/80: Wilson intervals 0.692–0.877 and 0.490–0.700; difference 0.20, interval 0.0524–0.3339.
    const a = { rate: 56 / 70, low: 0.6918, high: 0.8769, n: 70 };
    const b = { rate: 48 / 80, low: 0.4905, high: 0.7003, n: 80 };
    expect(clearlyDifferent(a, b)).toBe(true);
    expect(clearlyDifferent(a, { ...b, rate: 0.7, low: 0.59, high: 0.79 })).toBe(false);
  });

  it('what is believed of a stage is the mean of its steps that say so', () => {
    expect(journey.stages.map(believed)).toEqual([null, null, 1.5, null]);
  });

  it('the perception gap is where belief and customers are furthest apart, and absent where either is unknown', () => {
    const heard = (mean: number) => ({ sentiment: { said: null, heard: { mean, n: 41 }, behaved: null } });
    expect(perceptionGap(journey, answerOf([stageOf('signed', 5, 10, heard(-0.4)), stageOf('first', 5, 10, heard(-2))]))).toEqual({
      stage: 'signed',
      by: expect.closeTo(1.9),
    });
    expect(perceptionGap(journey, answerOf([stageOf('signed', 5, 10)]))).toBeNull();
  });
});

describe('the worst leak', () => {
  const answer = answerOf([
    stageOf('visit', null, null),
    stageOf('lead', 8000, null),
    stageOf('signed', 842, 8000, { left: { n: 7100, medianDwellSeconds: 1 }, value: brl(10, 842) }),
    stageOf('first', 380, 842, { left: { n: 420, medianDwellSeconds: 1 }, pending: 42, value: brl(1757, 380) }),
  ]);

  it('is the stage that loses most value, not most heads', () => {
    const leak = worstLeak(journey, answer);
    expect(leak?.to.id).toBe('first');
    expect(leak?.from.id).toBe('signed');
    expect(leak?.lostValue).toEqual({ currency: 'BRL', total: 420 * 1757 });
  });

  it('goes by heads when the value of one of the stages is unknown', () => {
    const stages = answer.stages.map((stage) => (stage.id === 'signed' ? { ...stage, value: null } : stage));
    expect(worstLeak(journey, { ...answer, stages })?.to.id).toBe('signed');
  });

  it('does not compare currencies with each other', () => {
    const stages = answer.stages.map((stage) => (stage.id === 'signed' ? { ...stage, value: [{ currency: 'TWD', total: 842, perCustomer: 1 }] } : stage));
    expect(worstLeak(journey, { ...answer, stages })?.to.id).toBe('signed');
  });

  it('speaks in one currency where customers pay in several', () => {
    const both = (twd: number, jpy: number) => [{ currency: 'TWD', total: twd, perCustomer: twd / 100 }, { currency: 'JPY', total: jpy, perCustomer: jpy / 100 }];
    const stages = answer.stages.map((stage, at) => ({ ...stage, value: at === 0 ? null : both(9000, at === 2 ? 9500 : 100) }));
    expect(mainCurrency({ ...answer, stages })).toBe('TWD');
    expect(worstLeak(journey, { ...answer, stages })?.lostValue?.currency).toBe('TWD');
    expect(mainMoney(both(1, 2), 'EUR')?.currency).toBe('JPY');
  });

  it('gains what the period before had, at the value of those who get there', () => {
    const before = answerOf([stageOf('signed', 421, 4000), stageOf('first', 242, 421)]);
    const leak = worstLeak(journey, answer, before);
    expect(leak?.gain?.reference).toBe('before');
    expect(leak?.gain?.customers).toBeCloseTo((842 * 242) / 421 - 380);
    expect(leak?.gain?.value?.total).toBeCloseTo(((842 * 242) / 421 - 380) * 1757);
  });

  it('names the worst and aims at the best value of a breakdown, leaving out rows too small to tell', () => {
    const row = (value: string, reached: number, n: number) => ({ value, entered: n, excluded: 0, stages: [stageOf('first', reached, n)] });
    const leak = worstLeak(journey, { ...answer, breakdown: [row('search', 300, 600), row('social', 50, 200), row('fax', 0, 12), row('fair', 20, 20)] });
    expect(leak?.worst?.value).toBe('social');
    expect(leak?.gain).toMatchObject({ reference: 'segment', segment: 'search', rate: 0.5 });
  });

  it('gains nothing where nothing better is known, or better by chance only', () => {
    expect(worstLeak(journey, answer, answerOf([stageOf('first', 384, 842)]))?.gain).toBeNull();
    expect(worstLeak(journey, answer, answerOf([stageOf('first', 100, 842)]))?.gain).toBeNull();
  });

  it('is absent when nothing is measured, nobody left, or a stage is optional', () => {
    expect(worstLeak(journey, answerOf(journey.stages.map((stage) => stageOf(stage.id, null, null))))).toBeNull();
    expect(worstLeak(journey, answerOf([stageOf('lead', 10, null), stageOf('signed', 10, 10, { left: { n: 0, medianDwellSeconds: null } })]))).toBeNull();
    const optional = { ...journey, stages: journey.stages.map((stage) => ({ ...stage, optional: stage.id !== 'lead' })) };
    expect(worstLeak(optional, answer)).toBeNull();
  });
});
