/** The next version of the directory on its way: a file that goes from one authority to the next until enough have signed it. */
import { rm } from 'node:fs/promises';

import { Directory, SignedDirectory } from '#schema/directory.ts';
import type { Authorities } from '#schema/directory.ts';
import { Problem } from '#scripts/lookout/problem.ts';
import { findAuthorities } from '#scripts/start/authorities.ts';
import { findJson, writeJson } from '#scripts/start/json-file.ts';
import { layoutOf } from '#scripts/start/layout.ts';
import type { Layout } from '#scripts/start/layout.ts';
import { unsignedDirectory } from '#server/directory/sign.ts';

import { findPublished } from './published.ts';

/** What stands in a state folder, and what is proposed instead. */
export interface Proposed {
  readonly layout: Layout;
  /** The file of the proposal. */
  readonly file: string;
  readonly authorities: Authorities;
  /** Undefined before the first version. */
  readonly published: Directory | undefined;
  /** Undefined while nothing is proposed. */
  readonly proposal: { readonly directory: Directory; readonly signed: SignedDirectory } | undefined;
}

export interface ProposalOptions {
  readonly state: string;
  /** Where the proposal is, when that is not the state folder. */
  readonly file?: string;
}

/** What is said in a proposal; nobody may have signed it yet. */
function read(signed: SignedDirectory, file: string): Directory {
  try {
    return Directory.parse(JSON.parse(Buffer.from(signed.payload, 'base64url').toString()));
  } catch (cause) {
    throw new Problem(`${file} holds no directory.`, 'failed', { cause });
  }
}

export async function openProposal({ state, file }: ProposalOptions): Promise<Proposed> {
  const layout = layoutOf(state);
  const at = file ?? layout.proposal;
  const authorities = await findAuthorities(layout);
  if (authorities === undefined) {
    throw new Problem(`${layout.authorities} is missing: begin with lookout directory create, or npm start.`, 'failed');
  }
  const broken = (cause: unknown) => new Problem(`${at} is no proposal.`, 'failed', { cause });
  const signed = await findJson(at, SignedDirectory, broken);
  const published = await findPublished(layout, authorities);
  const proposal = signed === undefined ? undefined : { directory: read(signed, at), signed };
  return { layout, file: at, authorities, published: published?.directory, proposal };
}

export async function writeProposal(file: string, directory: Directory): Promise<void> {
  await writeJson(file, unsignedDirectory(directory));
}

export async function dropProposal(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** A proposal, for those who need one. */
export function getProposal({ proposal, file }: Proposed): NonNullable<Proposed['proposal']> {
  if (proposal !== undefined) return proposal;
  throw new Problem(`Nothing is proposed in ${file}: see lookout directory --help for what can be.`, 'usage');
}
