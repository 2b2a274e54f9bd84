/**
 * The last line of every test run, plain and easy to grep: `N passed, N failed`, over all projects. A file that could
 * not be loaded and an error outside any test count as one failure each, so that the line never looks better than the run.
 */
import type { Reporter, TestModule } from 'vitest/node';

type Outcome = 'passed' | 'failed' | 'skipped';

const outcomesOf = (module: TestModule): readonly Outcome[] => {
  const outcomes = Array.from(module.children.allTests(), (test) => test.result().state).map((state) =>
    // A test that never finished (its worker died) did not pass.
    state === 'pending' ? 'failed' : state,
  );
  return module.state() === 'failed' && !outcomes.includes('failed') ? [...outcomes, 'failed'] : outcomes;
};

/** The closing line itself. */
export const closingLine = (outcomes: readonly Outcome[]): string => {
  const count = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length;
  const skipped = count('skipped');
  return `${count('passed')} passed, ${count('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
};

// vitest loads a reporter by path: through its default export, called with `new`.
export default function closingLineReporter(): Reporter {
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const outcomes = [...modules.flatMap(outcomesOf), ...unhandledErrors.map((): Outcome => 'failed')];
      process.stdout.write(`${closingLine(outcomes)}\n`);
    },
  };
}
