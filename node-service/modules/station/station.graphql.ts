/** What a station answers to the federation about itself: the merge entry of the gateway. Minimal facts, no record numbers. */
import { Refused } from '#schema/errors.ts';
import { largestBatch } from '#schema/facts.ts';
import type { DonorHolding, HeldBar, HeldDonation, HeldRegistration } from '#schema/facts.ts';
import type { StationCode } from '#schema/ids.ts';

import { builder } from '../../graphql/builder.ts';
import { DonorRefInput, donorTokenOf } from '../../graphql/donor-ref.ts';
import { OutcomeType, ProcedureType } from '../../graphql/enums.ts';
import { isRefusal, orRefusal, RefusedType } from '../../graphql/refused.ts';
import { mostSentEvents } from './sent-events.ts';
import type { SentEvent } from './sent-events.ts';

const HeldDonationType = builder.objectRef<HeldDonation>('HeldDonation').implement({
  description: 'A draw, as far as an interval needs it.',
  fields: (t) => ({
    procedure: t.expose('procedure', { type: ProcedureType, description: 'What was taken.' }),
    collectedOn: t.expose('collectedOn', { type: 'Date', description: 'The local day.' }),
    volumeMl: t.exposeInt('volumeMl', { description: 'How much, in millilitres.' }),
    outcome: t.expose('outcome', { type: OutcomeType, description: 'How it ended.' }),
  }),
});

const HeldBarType = builder.objectRef<HeldBar>('HeldBar').implement({
  description: 'Refer this donor to a physician. Names no marker.',
  fields: (t) => ({
    since: t.expose('since', { type: 'Date', description: 'The first day it holds.' }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day it no longer holds; null while it does.',
    }),
  }),
});

const HeldRegistrationType = builder.objectRef<HeldRegistration>('HeldRegistration').implement({
  description: 'The donor is registered at this plasma station.',
  fields: (t) => ({
    since: t.expose('since', { type: 'Date', description: 'The first day it holds.' }),
    until: t.expose('until', {
      type: 'Date',
      nullable: true,
      description: 'The first day it no longer holds; null while it does.',
    }),
  }),
});

const DonorHoldingType = builder.objectRef<DonorHolding>('DonorHolding').implement({
  description: 'What one station holds of a donor; empty lists when nothing.',
  fields: (t) => ({
    token: t.expose('token', { type: 'DonorToken', description: 'The donor.' }),
    donations: t.expose('donations', { type: [HeldDonationType], description: 'All draws, in no order.' }),
    bars: t.expose('bars', { type: [HeldBarType], description: 'All bars, also lifted ones.' }),
    registrations: t.expose('registrations', {
      type: [HeldRegistrationType],
      description: 'All registrations, also released ones.',
    }),
  }),
});

const HoldingResult = builder.unionType('HoldingResult', {
  description: 'What this station holds of a donor, or why that was not looked up.',
  types: [DonorHoldingType, RefusedType],
  resolveType: (value) => (isRefusal(value) ? 'Refused' : 'DonorHolding'),
});

builder.queryField('holding', (t) =>
  t.field({
    type: HoldingResult,
    description: 'What this station itself holds of a donor, and nothing of any other station.',
    args: { donor: t.arg({ type: DonorRefInput, description: 'The donor.' }) },
    resolve: (entry, { donor }, context) =>
      orRefusal(async () => context.holdings.holdingOf(await donorTokenOf(donor, context, entry))),
  }),
);

const SentEventType = builder.objectRef<SentEvent>('SentEvent').implement({
  description: 'An event this station has said in the donor log. It holds what the log holds, and nothing else.',
  fields: (t) => ({
    jws: t.exposeString('jws', { description: 'The event as it was signed.' }),
    offset: t.exposeFloat('offset', { description: 'Its place in the partition, a whole number.' }),
    appendedAt: t.expose('appendedAt', { type: 'DateTime', description: "When the log took it, by the log's clock." }),
  }),
});

/** The station that answers; there is only one. */
interface Self {
  readonly code: StationCode;
}

export const StationType = builder.objectRef<Self>('Station').implement({
  description: 'A member of the federation, as it answers for itself.',
  fields: (t) => ({
    code: t.expose('code', { type: 'StationCode', description: 'Its code.' }),
    version: t.string({ description: 'The version of its node service.', resolve: (_, __, { version }) => version }),
    ready: t.boolean({
      description: 'Whether it can answer about donors now.',
      resolve: (_, __, { isReady }) => isReady(),
    }),
    donor: t.field({
      type: DonorHoldingType,
      description: 'What it holds of one donor.',
      args: { token: t.arg({ type: 'DonorToken', description: 'The donor.' }) },
      resolve: (_, { token }, { holdings }) => holdings.holdingOf(token),
    }),
    donors: t.field({
      type: [DonorHoldingType],
      description: 'What it holds of up to 1,000 donors, in order.',
      args: { tokens: t.arg({ type: ['DonorToken'], description: 'The donors.' }) },
      resolve: (_, { tokens }, { holdings }) => {
        if (tokens.length > largestBatch) throw new Refused('BATCH_TOO_LARGE');
        return holdings.holdingsOf(tokens);
      },
    }),
    markers: t.string({
      description:
        'What stands behind its own bars of up to 1,000 donors, in order: a compact JWE (RFC 7516) for the key in the request of the station that asks. Errors: `BAD_INPUT` without one.',
      args: { tokens: t.arg({ type: ['DonorToken'], description: 'The donors.' }) },
      resolve: (_, { tokens }, { markers, request }) => markers.sealedFor(request?.claims.seal, tokens),
    }),
    eventsSince: t.field({
      type: [SentEventType],
      description:
        'What it has said in a partition of the donor log, for whoever missed some of it: in order, at most 500.',
      args: {
        partition: t.arg.int({ description: 'The partition.' }),
        seq: t.arg.int({ description: 'The number of the first event wanted.' }),
        first: t.arg.int({ defaultValue: mostSentEvents, description: 'How many at most.' }),
      },
      resolve: (_, { partition, seq, first }, { sentEvents }) => sentEvents.since(partition, seq, first),
    }),
  }),
});

builder.queryField('self', (t) =>
  t.field({
    type: StationType,
    description: 'This station, as the other members ask it.',
    resolve: (_, __, { station }) => ({ code: station.code }),
  }),
);

builder.queryField('_stations', (t) =>
  t.field({
    type: t.listRef(StationType, { nullable: true }),
    description: 'The merge entry of the gateway: an item for its own code, null for any other, in order.',
    args: { codes: t.arg({ type: ['StationCode'], description: 'Whom the gateway takes this station for.' }) },
    resolve: (_, { codes }, { station }) => codes.map((code) => (code === station.code ? { code } : null)),
  }),
);
