// Holds types.ts and metric.ts, which the screens are written against, to schema.d.ts, which is
// generated from the description that the server gives of itself. Nothing here
// runs: `npm run typecheck` fails where the two disagree.
import type * as Metrics from './metric';
import type * as Screen from './types';
import type { components, operations } from './schema';

type Schemas = components['schemas'];
type Json<Content> = Content extends { content: { 'application/json': infer Body } } ? Body : never;
type Answer<Name extends keyof operations> = operations[Name]['responses'] extends { 200: infer Ok } ? Json<Ok> : never;
type Body<Name extends keyof operations> = Json<NonNullable<operations[Name]['requestBody']>>;
interface Items<T> { items: T[] }

// Fits is an error where what is given is not all that is expected.
type Fits<Given extends Expected, Expected> = Given;

// What the server answers is what a screen expects.
export type Answers = [
  Fits<Answer<'get-session'>, Screen.Session>,
  Fits<Answer<'post-session'>, Screen.Session>,
  Fits<Answer<'post-setup'>, Screen.Session>,
  Fits<Answer<'post-invitations-token'>, Screen.Session>,
  Fits<Answer<'get-workspace'>, Screen.Workspace>,
  Fits<Answer<'put-workspace'>, Screen.Workspace>,
  Fits<Answer<'get-members'>, Items<Screen.Member>>,
  Fits<Answer<'post-members'>, { member: Screen.Member; inviteUrl: string }>,
  Fits<Answer<'patch-members-id'>, Screen.Member>,
  Fits<Answer<'get-keys'>, Items<Screen.Key>>,
  Fits<Answer<'post-keys'>, Screen.CreatedKey>,
  Fits<Answer<'delete-keys-id'>, Screen.Key>,
  Fits<Answer<'get-audit'>, { items: Screen.AuditEntry[]; next?: string | null }>,

  Fits<Answer<'get-definitions-kind'>, Items<Screen.Revision>>,
  Fits<Answer<'get-definitions-kind-id'>, Screen.Revision>,
  Fits<Answer<'put-definitions-kind-id'>, Screen.Revision>,
  Fits<Answer<'delete-definitions-kind-id'>, Screen.Revision>,
  Fits<Answer<'post-definitions-kind-id-restore'>, Screen.Revision>,
  Fits<Answer<'post-definitions-kind-id-approve'>, Screen.Revision>,
  Fits<Answer<'get-definitions-kind-id-history'>, Items<Screen.Revision>>,
  Fits<Answer<'get-definitions-kind-id-diff'>, Screen.Difference>,

  Fits<Answer<'get-journeys'>, Items<Screen.JourneySummary>>,
  Fits<Answer<'post-measure'>, Screen.Answer | Screen.RetentionAnswer | Metrics.MetricAnswer>,
  Fits<Answer<'get-retentions'>, Items<Screen.RetentionSummary>>,
  Fits<Answer<'get-retentions-id-measure'>, Screen.RetentionAnswer>,
  Fits<Answer<'post-measure-retention-customers'>, Screen.CellPage>,
  Fits<Answer<'get-metrics'>, Items<Metrics.MetricSummary>>,
  Fits<Answer<'get-metrics-id-measure'>, Metrics.MetricAnswer>,
  Fits<Answer<'post-measure-metric-customers'>, Metrics.MetricCustomersPage>,
  Fits<Answer<'get-journeys-id-measure'>, Screen.Answer>,
  Fits<Answer<'post-measure-customers'>, Screen.CustomersPage>,
  Fits<Answer<'post-measure-trace'>, Screen.Trace>,
  Fits<Answer<'post-measure-flow'>, Screen.Flow>,
  Fits<Answer<'post-paths'>, Screen.PathsAnswer>,
  Fits<Answer<'post-paths-customers'>, Screen.Walkers>,

  Fits<Answer<'get-events-names'>, Items<Screen.EventName>>,
  Fits<Answer<'get-events-properties'>, Items<Screen.PropertySummary>>,
  Fits<Answer<'get-traits'>, Items<Screen.PropertySummary>>,
  Fits<Answer<'get-customers'>, Items<Screen.CustomerSummary>>,
  Fits<Answer<'get-customers-id'>, Screen.Customer>,
  Fits<Answer<'get-customers-id-timeline'>, Screen.TimelinePage>,
  Fits<Answer<'post-identity-preview'>, Screen.MergePreview>,
  Fits<Answer<'post-identity-merge'>, Screen.MergePreview>,
  Fits<Answer<'post-identity-unlink'>, Screen.MergePreview>,

  Fits<Answer<'get-quarantine'>, Screen.QuarantinePage>,
  Fits<Answer<'post-quarantine-replay'>, Screen.Receipt>,
  Fits<Answer<'post-quarantine-discard'>, { discarded: number }>,
  Fits<Schemas['Problem'], Screen.Problem>,
];

// What a screen sends is what the server takes.
export type Requests = [
  Fits<Screen.SignIn, Body<'post-session'>>,
  Fits<Screen.SetUp, Body<'post-setup'>>,
  Fits<Pick<Screen.SetUp, 'token' | 'name' | 'password'>, Body<'post-invitations-token'>>,
  Fits<Screen.Workspace, Body<'put-workspace'>>,
  Fits<Pick<Screen.Member, 'email' | 'name' | 'role'>, Body<'post-members'>>,
  Fits<Partial<Pick<Screen.Member, 'name' | 'role' | 'locale'>> & { disabled?: boolean; password?: string; oldPassword?: string }, Body<'patch-members-id'>>,
  Fits<Screen.NewKey, Body<'post-keys'>>,
  Fits<{ body: Fields<Screen.Journey>; reason: string }, Body<'put-definitions-kind-id'>>,
  Fits<Fields<Screen.MeasureRequest>, Body<'post-measure'>>,
  Fits<Fields<Screen.RetentionRequest>, Body<'post-measure'>>,
  Fits<Fields<Screen.CellRequest>, Body<'post-measure-retention-customers'>>,
  Fits<Fields<Metrics.MetricRequest>, Body<'post-measure'>>,
  Fits<Fields<Metrics.MetricCustomersRequest>, Body<'post-measure-metric-customers'>>,
  Fits<Fields<Screen.MeasureRequest>, Body<'post-measure-flow'>>,
  Fits<Fields<Screen.CustomersRequest>, Body<'post-measure-customers'>>,
  Fits<Fields<Screen.TraceRequest>, Body<'post-measure-trace'>>,
  Fits<Fields<Screen.PathsRequest>, Body<'post-paths'>>,
  Fits<Fields<Screen.WalkersRequest>, Body<'post-paths-customers'>>,
];

// Every member that a screen sends is one the server knows: it refuses others, and
// a type may have more members than the one it fits.
type Unknown<Sent, Taken> = Exclude<keyof Sent, keyof Taken>;
export type Members = Fits<
  | Unknown<Screen.SignIn, Body<'post-session'>>
  | Unknown<Screen.SetUp, Body<'post-setup'>>
  | Unknown<Screen.Workspace, Body<'put-workspace'>>
  | Unknown<Screen.NewKey, Body<'post-keys'>>
  | Unknown<Screen.MeasureRequest, Body<'post-measure'>>
  | Unknown<Screen.RetentionRequest, Body<'post-measure'>>
  | Unknown<Metrics.MetricRequest, Body<'post-measure'>>
  | Unknown<Metrics.MetricCustomersRequest, Body<'post-measure-metric-customers'>>
  | Unknown<Screen.CellRequest, Body<'post-measure-retention-customers'>>
  | Unknown<Screen.CustomersRequest, Body<'post-measure-customers'>>
  | Unknown<Screen.TraceRequest, Body<'post-measure-trace'>>
  | Unknown<Screen.WalkersRequest, Body<'post-paths-customers'>>,
  never
>;

// An interface has no index signature and so does not fit a free object; its
// members as a type do.
type Fields<T> = { [Member in keyof T]: T[Member] extends object | undefined ? Fields<T[Member]> : T[Member] };
