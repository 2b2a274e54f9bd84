/** The regulator's page: a question, and its answer below. The question is in the address, so that a link leads to the same table. */
import { Button, Loader, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { useAddress } from '../../lib/address.ts';
import { useSay } from '../../lib/say.ts';
import type { Session } from '../../lib/sign-in.ts';
import { Answer } from './answer.tsx';
import { measuresAsked } from './asking.ts';
import { FailedAsking } from './failed-asking.tsx';
import { QuestionForm } from './question-form.tsx';
import { questionIn, withQuestion } from './question.ts';
import styles from './regulator.module.css';

export function RegulatorPage({ session }: { readonly session: Session }) {
  const say = useSay();
  const { search, push } = useAddress();
  const { data: measures, error, isPending, refetch } = useQuery(measuresAsked(session));
  if (isPending) return <Loader role="status" aria-label={say('page.loading')} />;
  const [first, ...others] = measures ?? [];
  if (error !== null || first === undefined) {
    return (
      <FailedAsking {...{ session }} error={error ?? new TypeError('no measures')} onRetry={() => void refetch()} />
    );
  }
  const question = questionIn(search);
  // A way back to another question fills the form with that one.
  const key = question === null ? '' : withQuestion(new URLSearchParams(), question).toString();
  return (
    <Stack>
      <Button component="a" href="#result" className={styles.skip}>
        {say('page.skip')}
      </Button>
      <QuestionForm
        key={key}
        measures={[first, ...others]}
        asked={question}
        onAsk={(next) => {
          push(withQuestion(search, next));
        }}
      />
      <section id="result" tabIndex={-1} aria-labelledby="result-heading">
        <Title order={2} size="h4" mb="sm" id="result-heading">
          {say('result.heading')}
        </Title>
        {question === null ? <Text>{say('result.none')}</Text> : <Answer {...{ session, question }} />}
      </section>
    </Stack>
  );
}
