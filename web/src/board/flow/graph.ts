// What the Sankey diagram draws and its table tells, whatever it is of.

export type Tone = 'stage' | 'left' | 'pending' | 'next' | 'other';

export interface GraphNode {
  id: string;
  /** The whole name, and the one that is enough where its place says the rest. */
  name: string;
  short: string;
  size: number;
  tone: Tone;
  /** The column it stands in, from 0; where none is given, the links decide. */
  column?: number;
}

export interface GraphLink {
  from: string;
  to: string;
  size: number;
  median: number | null;
}

export interface Graph {
  nodes: GraphNode[];
  links: GraphLink[];
}

/** What was chosen in a diagram or a table: a node, or a link of two. */
export type Chosen = { node: string } | { link: [string, string] };
