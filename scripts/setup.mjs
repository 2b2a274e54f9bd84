/**
 * Makes a checkout ready to run, before `npm start`, `npm test` and the others: the packages of the lock file with our
 * patches, Prisma's client for the schema, and the pages the gateway serves. Plain JavaScript without packages, because it runs on whatever Node the
 * machine has. Does nothing, quickly, when nothing has changed. Nothing is downloaded but the packages.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const oldestNode = 18;
const oldestNpm = 8;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...names) => path.join(root, ...names);
const modules = at('node_modules');
const installedStamp = at('node_modules', '.donor-lookout-setup');
const generated = at('node-service', 'db', 'generated');
const generatedStamp = path.join(generated, '.donor-lookout-setup');
const pages = at('console', 'generated');
const pagesStamp = at('node_modules', '.donor-lookout-pages');
const generatedFiles = [path.join(generated, 'prisma', 'client.ts'), path.join(generated, 'pothos-types.ts')];

/** A sentence for the person at the terminal; anything else that is thrown is a mistake of ours. */
class SetupFailed extends Error {}

const read = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const hash = (...texts) => createHash('sha256').update(texts.join('\n\0\n')).digest('hex');

// What was done last, in terms of all that it depends on.
const patches = () => readdirSync(at('patches')).map((name) => read(at('patches', name)));
const wantedInstall = () =>
  hash(read(at('package-lock.json')), read(at('node_modules', '.package-lock.json')), ...patches());
const wantedClient = () =>
  hash(
    read(at('node-service', 'db', 'schema.prisma')),
    read(at('prisma.config.ts')),
    read(at('node_modules', 'prisma', 'package.json')),
    read(at('node_modules', '@pothos', 'plugin-prisma', 'package.json')),
  );
const wantedPages = () =>
  hash(
    read(at('package-lock.json')),
    read(at('vite.config.ts')),
    read(at('schema', 'operations', 'manifest.json')),
    read(at('schema', 'sdl', 'gateway.graphql')),
    ...sourcesIn(at('scripts', 'console')),
    ...sourcesIn(at('schema')),
    ...sourcesIn(at('console')),
  );
const isInstalled = () => existsSync(nodePath()) && read(installedStamp) === wantedInstall();
const isGenerated = () => generatedFiles.every((file) => existsSync(file)) && read(generatedStamp) === wantedClient();
const isBuilt = () => existsSync(path.join(pages, 'index.html')) && read(pagesStamp) === wantedPages();

/** The names and texts of all that is written by hand in a folder. */
function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : sourcesIn(file);
    return /\.(tsx?|css|html|json)$/.test(entry.name) ? [`${path.relative(root, file)}\n${read(file)}`] : [];
  });
}

function nodePath() {
  return at('node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
}

async function main() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode) {
    throw new SetupFailed(
      `Node ${process.versions.node} is too old to set Donor Lookout up: install Node 20 or later.`,
    );
  }
  const npm = /npm\/(\d+)/.exec(process.env['npm_config_user_agent'] ?? '');
  if (npm !== null && Number(npm[1]) < oldestNpm) {
    throw new SetupFailed(
      `npm ${npm[1]} is too old to read the lock file: install Node 20 or later, which brings npm 10.`,
    );
  }
  if (isInstalled() && isGenerated() && isBuilt()) return;
  await withLock(async () => {
    if (!isInstalled()) await install();
    if (!isGenerated()) await generate();
    if (!isBuilt()) await build();
  });
}

async function install() {
  if (!holdsLockedPackages()) {
    const { command, env } = findNpm();
    const done = announce('Installing the packages, once');
    const { code, output } = await run(
      [...command, 'ci', '--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
      { ...env, ...quietPrisma() },
    );
    done(code === 0);
    if (code !== 0) throw new SetupFailed(explainInstall(output));
  }
  if (!existsSync(nodePath())) {
    throw new SetupFailed(
      "The package `node`, which brings Node 24, is incomplete: npm was told not to run packages' install scripts. Run `npm config delete ignore-scripts`, delete node_modules and try again.",
    );
  }
  await patch();
  writeFileSync(installedStamp, wantedInstall());
}

/** `npm ci` does it too, by `postinstall`; this is for packages that were installed before a patch came, or without scripts. */
async function patch() {
  const tool = at('node_modules', 'patch-package', 'index.js');
  const { code, output } = await run([nodePath(), tool, '--error-on-fail'], process.env);
  if (code !== 0) throw new SetupFailed(`A package could not be patched. patch-package said:\n${output.trim()}`);
}

/** Whether what is installed is what the lock file names: somebody may have run `npm ci` or `npm install` by hand. */
function holdsLockedPackages() {
  try {
    const { packages: wanted } = JSON.parse(read(at('package-lock.json')));
    const { packages: present } = JSON.parse(read(at('node_modules', '.package-lock.json')));
    const same = Object.entries(wanted).every(
      ([name, { version, optional }]) =>
        name === '' || present[name]?.version === version || (optional && present[name] === undefined),
    );
    const known = Object.keys(present).every((name) => name in wanted);
    return same && known && existsSync(nodePath());
  } catch {
    return false;
  }
}

/**
 * npm as it was called, on a Node that lies outside node_modules, because `npm ci` deletes the one inside.
 */
function findNpm() {
  const inside = (file) => path.resolve(file).startsWith(modules + path.sep);
  const env = { ...process.env };
  const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '' && !inside(folder));
  env['PATH'] = folders.join(path.delimiter);
  const cli = env['npm_execpath'];
  if (cli === undefined || !/npm-cli\.c?js$/.test(cli)) return { command: ['npm'], env };
  const nodes = [env['npm_node_execpath'], process.execPath, ...folders.map((folder) => path.join(folder, 'node'))];
  const node = nodes.find((file) => file !== undefined && !inside(file) && existsSync(file));
  return { command: node === undefined ? ['npm'] : [node, cli], env };
}

function explainInstall(output) {
  const said = output
    .split('\n')
    .map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/complete log of this run|_logs/.test(line))
    .slice(0, 6)
    .map((line) => `    ${line}`)
    .join('\n');
  const why =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/.test(
      output,
    )
      ? 'The packages could not be fetched, because the npm registry cannot be reached: connect this machine (or set its proxy) and try again.'
      : /ENOSPC/.test(output)
        ? 'The packages could not be installed, because the disk is full.'
        : /EACCES|EPERM|EROFS/.test(output)
          ? `The packages could not be installed, because ${root} or npm's cache may not be written by this user.`
          : 'The packages could not be installed.';
  return `${why} npm said:\n${said}`;
}

async function generate() {
  const done = announce('Generating the database client');
  const prisma = at('node_modules', 'prisma', 'build', 'index.js');
  const { code, output } = await run([nodePath(), prisma, 'generate', '--no-hints'], {
    ...process.env,
    ...quietPrisma(),
  });
  done(code === 0);
  if (code !== 0) throw new SetupFailed(`The database client could not be generated. Prisma said:\n${output.trim()}`);
  writeFileSync(generatedStamp, wantedClient());
}

/** What a browser loads. */
async function build() {
  const done = announce('Building the pages');
  const wanted = wantedPages();
  const { code, output } = await run([nodePath(), at('scripts', 'console.ts')], {
    ...process.env,
    NODE_ENV: 'production',
  });
  done(code === 0);
  if (code !== 0) throw new SetupFailed(`The pages could not be built. Vite said:\n${output.trim()}`);
  writeFileSync(pagesStamp, wanted);
}

/** Prisma generates without its engine, but wants one to be named, and would download one otherwise. Nor shall it call home. */
function quietPrisma() {
  const engine = ['/bin/false', '/usr/bin/false'].find((file) => existsSync(file)) ?? process.execPath;
  return { PRISMA_SCHEMA_ENGINE_BINARY: engine, PRISMA_HIDE_UPDATE_MESSAGE: '1', CHECKPOINT_DISABLE: '1' };
}

/** Runs a command to its end and keeps what it says. */
async function run([command, ...args], env) {
  const child = spawn(command, args, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.once('close', resolve);
  });
  return { code, output };
}

/** One line on stderr: with a running clock on a terminal, plainly otherwise. */
function announce(what) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const terminal = process.stderr.isTTY;
  const say = (end) => process.stderr.write(terminal ? `\r\u001b[K${what} ${end}` : `${what} ${end}\n`);
  say('...');
  const clock = terminal ? setInterval(() => say(`... ${seconds()} s`), 1000) : undefined;
  return (ok) => {
    clearInterval(clock);
    say(ok ? `- done in ${seconds()} s.${terminal ? '\n' : ''}` : `- failed.${terminal ? '\n' : ''}`);
  };
}

/** One set-up of a checkout at a time. The lock lies outside the checkout, since `npm ci` empties node_modules. */
async function withLock(work) {
  const lock = path.join(os.tmpdir(), `donor-lookout-setup-${hash(root).slice(0, 16)}`);
  let told = false;
  while (!take(lock)) {
    if (!told)
      process.stderr.write(
        `Another set-up of this checkout is running: waiting for it (if there is none, delete ${lock}).\n`,
      );
    told = true;
    await sleep(200);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock) {
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock); // at once with its content
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(read(lock));
    if (!isAlive(holder) && Number(read(lock)) === holder) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SetupFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
