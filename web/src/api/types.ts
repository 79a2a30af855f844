// The shapes of the management API as the screens use them. Times are ISO 8601
// in UTC; days are "2026-11-23" in the workspace's time zone.

export type Role = 'admin' | 'editor' | 'viewer';
export type Locale = 'zh-Hant' | 'zh-Hans' | 'en';
export type LocalizedText = string | Partial<Record<Locale, string>>;

// RFC 9457; every error answer has this shape.
export interface Problem {
  type: string;
  title: string; // in the caller's language (Accept-Language)
  status: number;
  detail?: string; // what to do
  kind: 'invalid' | 'not-found' | 'conflict' | 'denied' | 'limited' | 'unavailable' | 'internal';
  key: string; // e.g. "ledger.stale"
  faults?: Fault[];
  current?: Revision; // with key ledger.stale: what stands now …
  yours?: unknown; // … and what was sent
}
export interface Fault {
  path?: string;
  line?: number;
  column?: number; // within the text of the value, as of a formula: 1-based, in characters
  message: string;
}

// ---- Session, workspace, members: GET|POST|DELETE /api/v1/session ----
// GET answers 401 to a stranger, with key "access.sign-in" or "access.set-up"
// (nobody has been set up yet: the one-time link leads to /setup?token=…).
export interface Session {
  member: Member;
  workspace: Workspace;
  demo: boolean; // the sample company, signed in as its admin
}
export interface SignIn { email: string; password: string } // POST /api/v1/session
export interface SetUp { // POST /api/v1/setup, POST /api/v1/invitations/{token}
  token: string;
  email: string; // set-up only
  name: string;
  password: string;
  workspaceName?: string; // set-up only, as the two below
  timezone?: string;
  locale?: Locale;
}
export interface Member {
  id: string;
  name: string;
  email: string;
  role: Role;
  locale?: Locale;
  createdAt: string;
  lastSeenAt?: string;
  status: 'active' | 'invited' | 'disabled';
}
// GET /api/v1/members → { items: Member[] }; POST { email, name, role } →
// { member, inviteUrl } (shown once); PATCH /api/v1/members/{id} { name?, role?,
// locale?, disabled?, password? (own, with oldPassword) }.
export interface Workspace { // GET|PUT /api/v1/workspace
  name: string;
  timezone: string; // IANA
  locale: Locale; // for members who chose none
  weekStart: 'monday' | 'sunday';
  goodColors: 'default' | 'redUp' | 'greenUp'; // 預設, 紅漲綠跌, 綠漲紅跌
}
export interface Facts { // what was looked at
  events: number;
  customers: number;
  through: number;
  keptFrom?: string; // facts are kept since, where the question reaches back to before it
}
export interface KeptFacts { // GET|PUT /api/v1/facts/kept
  keep: string; // forever, 25mo, 400d
  from: string | null; // facts are kept since; null: none has gone because of its age
  gone: number; // events that went, or were too old when they came
  next?: { keep: string; from: string | null; events: number }; // what was asked about would delete
}
export interface Key { // GET|POST /api/v1/keys, DELETE /api/v1/keys/{id}
  id: string;
  name: string;
  kind: 'api' | 'write';
  scopes: string[]; // api: read, write, admin; write: capture, import
  prefix: string; // first characters, for recognition
  createdAt: string;
  createdBy: string;
  lastUsedAt?: string;
  revokedAt?: string;
}
export interface NewKey { name: string; kind: Key['kind']; scopes: string[] }
export interface CreatedKey { key: Key; secret: string } // the secret is shown once
export interface AuditEntry { // GET /api/v1/audit?before=&limit= → { items, next? }
  at: string;
  member: string; // name, or the key's name
  action: string; // member.invited, key.created, session.failed, definition.approved, identity.merged …
  subject: string;
  detail?: Record<string, unknown>;
}

// ---- Ledger ----
// GET /api/v1/definitions/{kind} → { items: Revision[] } (the current ones)
// GET /api/v1/definitions/{kind}/{id}[?version=] → Revision, ETag = "version"
// PUT  { body, reason } with If-Match: "<version>" ("0" makes a new one) → Revision; 409 → Problem
// GET  …/history → { items: Revision[] } newest first
// GET  …/diff?from=&to= → Difference
// POST …/restore { version, reason } with If-Match → Revision
// POST …/approve { version, reason } → Revision
// DELETE … { reason } with If-Match → Revision (deleted: true); restore brings it back
export interface Revision<Body = unknown> {
  kind: string;
  id: string;
  version: number;
  hash: string;
  status: 'proposed' | 'approved';
  deleted: boolean;
  author: string; // a member's or key's name
  reason: string;
  at: string;
  approvedBy?: string;
  approvedAt?: string;
  approvalReason?: string;
  /** Every yes to this revision, the first one first; those above are the last one's. */
  approvals?: { by: string; reason: string; at: string }[];
  restoredFrom?: number;
  current: boolean;
  body: Body;
}
export interface Difference {
  from: Revision;
  to: Revision;
  changes: Change[];
}
export interface Change {
  path: string; // stages[2].steps[0].when
  label: string[]; // the path in names: ["簽約", "簽下合約", "when"]
  op: 'added' | 'removed' | 'changed' | 'moved';
  from?: unknown;
  to?: unknown;
}

// ---- Journeys ----
export type Op = 'eq' | 'ne' | 'in' | 'notIn' | 'contains' | 'startsWith' | 'gt' | 'gte' | 'lt' | 'lte' | 'exists';
export type Scalar = string | number | boolean | null;
export type Condition = Scalar | Partial<Record<Op, Scalar | Scalar[]>>;
export type Where = Record<string, Condition>;
export interface Pattern { event?: string | null; where?: Where }
export interface Journey {
  kind: 'Journey';
  id: string;
  name?: LocalizedText;
  description?: LocalizedText;
  owner?: string[];
  subject?: string; // person (default), account, or a where key
  window?: string; // 180d, none; default 14d
  order?: 'ordered' | 'strict' | 'any';
  entry?: 'latest' | 'first';
  excluded?: 'remove' | 'keep';
  stages: Stage[];
  exclude?: Exclusion[];
}
export interface Stage {
  id: string;
  name?: LocalizedText;
  pass?: 'any' | 'all' | 'sequence';
  optional?: boolean;
  folded?: boolean;
  steps: Step[];
}
export interface Step {
  id: string;
  name?: LocalizedText;
  meaning?: LocalizedText;
  when?: Pattern[]; // missing or empty: not bound yet, hatched, unknown
  times?: number;
  within?: string;
  firstEver?: boolean | 'name';
  owner?: string[];
  channel?: string;
  touchpoint?: string;
  belief?: { feeling: number; note?: string };
  cost?: { perTouch: number; currency: string };
  thoughts?: string[];
  pains?: string[];
  opportunities?: string[];
  evidence?: string[];
  backstage?: string[];
}
export interface Exclusion extends Pattern { between: [string, string] }

export type BadgeState = 'holds' | 'fails' | 'unknown';
export interface Badges { measurable: BadgeState; traceable: BadgeState; predictable: BadgeState; inheritable: BadgeState }
export interface JourneySummary { // GET /api/v1/journeys → { items }
  id: string;
  name: LocalizedText;
  subject: string;
  version: number;
  status: Revision['status'];
  author: string;
  at: string;
  stages: number;
  steps: number;
  unboundSteps: number;
  badges: Badges;
  // of the default question; null while nothing is bound or it cannot be measured
  headline: { entered: number; completed: number; rate: Rate | null; asOf: string } | null;
}

// POST /api/v1/measure; also GET /api/v1/journeys/{id}/measure with the same as query.
export interface MeasureRequest {
  journey?: Journey; // a draft …
  journeyId?: string; // … or a stored one
  version?: number;
  window?: string; // instead of the definition's
  from?: string; // a day or an instant
  to?: string;
  timezone?: string;
  asOf?: string;
  breakdown?: string[];
  attribution?: string; // first | last | step:<stage id> | all
  timeBetween?: [string, string];
  bins?: number;
  customers?: boolean;
  segment?: Where; // keep only the events for which it holds
  only?: 'counts'; // times, money and events are null then
}
export interface Answer {
  definition: { kind: string; id: string; version: number | null; hash: string };
  asOf: string;
  timezone: string;
  from: string | null;
  to: string | null;
  rule: { subject: string; order: string; entry: string; window: string; excluded: string };
  facts: Facts;
  entered: number | null; // null: no step is bound
  excluded: number | null;
  unattributed: number;
  stages: StageAnswer[];
  timeBetween?: { from: string; to: string; n: number; meanSeconds: number | null; medianSeconds: number | null; histogram: [number, number][] };
  breakdown?: { value: Scalar | Scalar[]; entered: number; excluded: number; stages: StageAnswer[] }[];
  customers?: { id: string; level: number; entryAt: string; stages: Record<string, string> }[];
  elapsedMillis?: number;
}
export interface Rate { rate: number | null; low: number | null; high: number | null; n: number }
export interface Times { n: number; medianSeconds: number | null; meanSeconds: number | null; p90Seconds: number | null; histogram?: [number, number][] }
export interface Feeling { mean: number; n: number }
export interface MoneyAnswer { currency: string; total: number; perCustomer: number | null } // null over nobody
export interface StepAnswer {
  id: string;
  reached: number | null; // null: not bound, unknown
  pending: number | null;
  ofPrevious: Rate | null;
  ofStart: Rate | null;
  eventual: { rate: number } | null;
  time: Times | null;
  timeFromEntry: Times | null;
  left: { n: number; medianDwellSeconds: number | null } | null;
  sentiment: { said: Feeling | null; heard: Feeling | null; behaved: Feeling | null };
  cost: MoneyAnswer[] | null;
  value: MoneyAnswer[] | null;
  events?: number | null;
  lift?: number | null;
}
export interface StageAnswer extends StepAnswer { steps: StepAnswer[] }

// POST /api/v1/measure/customers: the people behind a number, by the code that counted them.
export interface CustomersRequest extends MeasureRequest {
  stage: string;
  step?: string;
  state: 'reached' | 'pending' | 'left' | 'excluded';
  breakdownValue?: Scalar | Scalar[];
  search?: string;
  sort?: 'newest' | 'oldest' | 'longest' | 'shortest' | 'value';
  offset?: number;
  limit?: number; // default 50, at most 1000
}
export interface CustomersPage {
  total: number; // equals the count on the board
  items: BehindNumber[];
}
export interface BehindNumber {
  id: string;
  name: string | null; // from traits: name, firstName + lastName, company, email
  level: number;
  entryAt: string;
  at: string; // when they reached (or, pending and left, when they reached the stage before)
  seconds: number | null; // from the stage before to this one; pending: so far; left: dwell
  value: MoneyAnswer[];
}
// POST /api/v1/measure/trace: which of a customer's events were counted, and where.
export interface TraceRequest extends MeasureRequest { customer: string }
export interface Trace {
  level: number;
  excluded: boolean;
  events: { seq: number; at: string; event: string; stage: string; step: string | null }[];
}
// POST /api/v1/measure/flow: what really happened between stages (the Sankey).
export interface Flow {
  nodes: { id: string; stage: string | null; kind: 'stage' | 'left' | 'pending' | 'next'; name: string; customers: number }[];
  links: { from: string; to: string; customers: number; medianSeconds: number | null }[];
}

// POST /api/v1/paths: what comes before, between and after events, and which follows which.
export interface Anchor { when?: Pattern[]; stage?: string } // patterns, or a stage of the journey
export interface PathsRequest {
  kind: 'transitions' | 'after' | 'before' | 'between';
  journey?: Journey; // whose stages are anchors: a draft …
  journeyId?: string; // … or a stored one
  version?: number;
  subject?: string;
  from?: string;
  to?: string;
  timezone?: string;
  asOf?: string;
  segment?: Where;
  anchor?: Anchor;
  until?: Anchor; // between
  within?: string; // between
  steps?: number; // 1 … 10
  occurrence?: 'first' | 'last' | 'every';
  fold?: boolean; // repeats in a row are one
  gap?: string; // a longer pause ends a path
  only?: string[];
  except?: string[];
  top?: number;
}
export interface PathsAnswer {
  kind: PathsRequest['kind'];
  asOf: string;
  timezone: string;
  from: string | null;
  to: string | null;
  rule: {
    subject: string;
    steps: number | null;
    occurrence: 'first' | 'last' | 'every' | null;
    within: string | null;
    fold: boolean;
    gap: string;
    only: string[];
    except: string[];
    top: number;
  };
  facts: Facts;
  unattributed: number;
  anchored: number | null; // who did the anchor; null for transitions
  customers: number; // who have a path
  paths: number; // transitions: how many in all
  pairs: number | null; // transitions: how many different ones
  nodes: PathNode[];
  links: PathLink[];
  elapsedMillis?: number;
}
export interface PathNode {
  id: string;
  position: number; // 0 is the anchor
  kind: 'event' | 'other' | 'anchor' | 'until' | 'ended' | 'began' | 'more';
  event: string | null;
  paths: number;
  customers: number | null; // null: not counted (transitions)
}
export interface PathLink { from: string; to: string; paths: number; customers: number; medianSeconds: number | null }
// POST /api/v1/paths/customers: the people behind a node or a link, by the code that counted them.
export interface WalkersRequest extends PathsRequest {
  node?: string;
  link?: string[]; // two nodes
  search?: string;
  sort?: 'newest' | 'oldest' | 'longest' | 'shortest' | 'most';
  offset?: number;
  limit?: number; // default 50, at most 1000
}
export interface Walkers {
  total: number;
  items: Walker[];
}
export interface Walker { id: string; name: string | null; at: string; seconds: number | null; paths: number }

// ---- Retention ----
export type RetentionPeriod = 'hour' | 'day' | 'week' | 'month';
export interface Retention {
  kind: 'Retention';
  id: string;
  name?: LocalizedText;
  description?: LocalizedText;
  owner?: string[];
  subject?: string; // person (default), account, or a where key
  start: Pattern; // without an event: any
  return: Pattern;
  period: RetentionPeriod;
  weekStart?: 'monday' | 'sunday';
  mode?: 'calendar' | 'rolling24h'; // rolling24h with period day only
  intervals: number; // 1 … 192
  cumulative?: boolean;
  minOccurrences?: number; // default 1
}
export interface RetentionSummary { // GET /api/v1/retentions → { items }
  id: string;
  name: LocalizedText;
  subject: string;
  version: number;
  status: Revision['status'];
  author: string;
  at: string;
  period: RetentionPeriod;
  intervals: number;
  headline: { rate: Rate; asOf: string } | null; // who came back an interval later, of all cohorts
}
// POST /api/v1/measure; also GET /api/v1/retentions/{id}/measure with the same as query.
export interface RetentionRequest {
  retention?: Retention; // a draft …
  retentionId?: string; // … or a stored one
  version?: number;
  from?: string; // a day or an instant in the first interval; absent: the last is that of as-of
  to?: string;
  timezone?: string;
  asOf?: string;
  segment?: Where;
}
export interface RetentionAnswer {
  definition: { kind: string; id: string; version: number | null; hash: string };
  asOf: string;
  timezone: string;
  rule: { subject: string; period: RetentionPeriod; weekStart: string; mode: string; intervals: number; cumulative: boolean; minOccurrences: number };
  facts: Facts;
  unattributed: number;
  average: Rate[]; // by interval: all cohorts together for which it is over
  rows: Cohort[];
  elapsedMillis?: number;
}
export interface Cohort {
  from: string; // with the offset of the zone
  counts: number[]; // the cohort, then who came back, by interval
  rates: Rate[];
  complete: number; // counts of intervals that are over
  partial: boolean;
  expired?: boolean; // nothing is known: facts of then are no longer kept, and there are no counts
}
// POST /api/v1/measure/retention-customers: the people behind a count.
export interface CellRequest extends RetentionRequest {
  row: number;
  interval: number;
  search?: string;
  sort?: 'newest' | 'oldest' | 'most';
  offset?: number;
  limit?: number;
}
export interface CellPage { total: number; items: BehindCell[] }
export interface BehindCell { id: string; name: string | null; startedAt: string; returnedAt: string | null; returns: number | null }

// ---- Facts ----
export interface EventName { name: string; type: string; count: number; first: string; last: string; weekly: number[] } // GET /api/v1/events/names → { items }
export interface PropertySummary { key: string; type: string; count: number; values: { value: Scalar; count: number }[] }
// GET /api/v1/events/properties?event= → { items: PropertySummary[] }
// GET /api/v1/traits?of=person|account → { items: PropertySummary[] } (keys traits.x, account.x)

// GET /api/v1/customers?of=person|account&search=&limit= → { items: CustomerSummary[] }
export interface CustomerSummary { id: string; of: 'person' | 'account'; name: string | null; events: number; last?: string }
// GET /api/v1/customers/{id}?of=person|account[&anonymous=true]
export interface Customer {
  id: string;
  of: 'person' | 'account';
  anonymous: boolean; // known by an anonymous id only
  name: string | null;
  traits: { key: string; value: unknown; at: string; messageId: string; source: string }[];
  ids: { id: string; anonymous: boolean; links: IdentityLink[] }[]; // a person's
  account: { id: string; name: string | null } | null; // a person's
  people: { id: string; name: string | null; events: number }[]; // an account's, at most 200, busiest first
  peopleTotal: number;
  activity: { events: number; first: string; last: string };
  timeline: TimelinePage;
}
// POST /api/v1/customers/{id}/forget[?anonymous=true] { reason }: how much of a person went
export interface Forgotten { messages: number; ids: number; quarantined: number }
export interface IdentityLink { messageId: string; how: 'identify' | 'alias' | 'group'; from: string; to: string; at: string; source: string; undone: boolean }
// GET /api/v1/customers/{id}/timeline?of=&before=&limit=&event=
export interface TimelinePage { items: TimelineEvent[]; next: string | null }
export interface TimelineEvent {
  seq: number;
  messageId: string;
  type: string;
  event: string;
  timestamp: string;
  person: string;
  channel: string | null;
  source: string;
  value: number | null;
  currency: string | null;
  properties: Record<string, unknown> | null;
  context: Record<string, unknown> | null;
  traits: Record<string, unknown> | null;
}
// POST /api/v1/identity/preview { from, to } → MergePreview; POST /api/v1/identity/merge { from, to, reason };
// POST /api/v1/identity/unlink { messageId, reason, preview?: boolean } → MergePreview
export interface MergePreview {
  before: { id: string; ids: number; events: number; account: string | null }[];
  after: { id: string; ids: number; events: number; account: string | null }[];
}

// GET /api/v1/quarantine?status=&reason=&source=&offset=&limit=
export interface QuarantinePage { items: QuarantineEntry[]; total: number; reasons: { reason: string; title: string; count: number }[] }
export interface QuarantineEntry {
  id: string;
  receivedAt: string;
  source: string;
  reason: string;
  title: string; // the reason in the reader's language
  detail: string;
  type: string;
  raw: unknown;
  status: 'open' | 'replayed' | 'discarded';
  resolvedBy?: string;
  resolvedAt?: string;
}
// POST /api/v1/quarantine/replay { ids: string[] } | { reason } | { id, message } (edited) → Receipt
// POST /api/v1/quarantine/discard { ids } | { reason } → { discarded: number }
// refused: what still cannot be taken, by reason (replays only)
export interface Receipt { stored: number; duplicate: number; quarantined: number; refused?: Record<string, number> }

// ---- Live: GET /api/v1/live (server-sent events) ----
export type LiveEvent =
  | { type: 'facts'; through: number; at: string }
  | { type: 'definition'; kind: string; id: string; version: number; author: string }
  | { type: 'identity' }
  | { type: 'access' } // members, keys, settings, sessions; told by a ledger that several nodes share
  | { type: 'moving' } // nothing is taken in for some seconds
  | { type: 'moved' } // it is again; a stream that ended meanwhile says anything
  | { type: 'anything' }; // news of other nodes may have been missed

// ---- What changed ----
export interface RevisionSummary { // GET /api/v1/revisions?kind=&limit= → { items }, newest first
  kind: string;
  id: string;
  name: LocalizedText; // as it was then
  version: number;
  status: Revision['status'];
  deleted: boolean;
  current: boolean;
  restoredFrom?: number;
  author: string;
  reason: string;
  at: string;
}
