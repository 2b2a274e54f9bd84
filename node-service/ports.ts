/** The outside world as the node service sees it. Each port has one adapter, named after its technology. */
import type { Directory } from '#schema/directory.ts';
import type { StationCoverage } from '#schema/coverage.ts';
import type { NormalDocument } from '#schema/documents.ts';
import type { DonorFacts, DonorHolding } from '#schema/facts.ts';
import type { DonorToken } from '#schema/ids.ts';

/** Makes donor tokens. An HMAC for now; the oblivious tokens of DESIGN section 8 will take its place. */
export interface TokenPort {
  /** One token a document, in order. The documents are forgotten. */
  tokensOf(documents: readonly NormalDocument[]): Promise<DonorToken[]>;
}

/** What this station itself holds, read on the hot path. */
export interface HoldingPort {
  /** The holding of one donor; an empty one when nothing is held. Concurrent callers share one query. */
  holdingOf(token: DonorToken): Promise<DonorHolding>;
  /** The same for many donors, in order, in one query. */
  holdingsOf(tokens: readonly DonorToken[]): Promise<DonorHolding[]>;
}

/** What the other members hold of a donor, and which of them were heard. */
export interface FederationAnswer {
  readonly facts: DonorFacts;
  /** Every other active member once. */
  readonly coverage: readonly StationCoverage[];
}

/** The other members, asked live through the gateway. Never throws: who cannot be heard is `MISSING` in the coverage. */
export interface FederationPort {
  /** Concurrent callers share one question to the gateway. */
  heldElsewhere(token: DonorToken): Promise<FederationAnswer>;
  heldElsewhereOf(tokens: readonly DonorToken[]): Promise<FederationAnswer[]>;
}

/** Who is a member, as of now. */
export interface DirectoryPort {
  current(): Directory;
}

/** The time. A port, so that the day a decision is made on is never read in the middle of one. */
export interface ClockPort {
  now(): Date;
}
