/** From a question to what is shown of it: on the way, failed, refused, or a table. */
import { Alert, Group, Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { AggregateInput } from '#schema/aggregates.ts';
import { refusals } from '#schema/codes.ts';

import { useLanguage } from '../../lib/language.tsx';
import { useSay } from '../../lib/say.ts';
import type { Session } from '../../lib/sign-in.ts';
import { aggregateAsked } from './asking.ts';
import { FailedAsking } from './failed-asking.tsx';
import { Result } from './result.tsx';

interface AnswerProps {
  readonly session: Session;
  readonly question: AggregateInput;
}

export function Answer({ session, question }: AnswerProps) {
  const say = useSay();
  const { of } = useLanguage();
  const { data, error, isFetching, refetch } = useQuery(aggregateAsked(session, question));
  if (isFetching && data === undefined) {
    return (
      <Group role="status">
        <Loader size="sm" />
        <Text>{say('result.loading')}</Text>
      </Group>
    );
  }
  if (error !== null) return <FailedAsking {...{ error, session }} onRetry={() => void refetch()} />;
  if (data === undefined) return null;
  if (data.__typename === 'Refused') {
    const why = of(refusals[data.code]);
    // The sentence of the code, and after it what may be asked.
    const instead = of({ zh: data.messageZh, en: data.message }).replace(why, '').trim();
    return (
      <Alert color="orange" variant="outline" role="alert" title={why}>
        {instead}
      </Alert>
    );
  }
  if (data.figures.length === 0) return <Text role="status">{say('result.empty')}</Text>;
  return <Result table={data} />;
}
