/** Lets people sign in, and shows what is behind it to those who have. */
import type { ReactNode } from 'react';

import { Button, Group, Loader, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { AskFailed, sentenceOf } from '../lib/ask.ts';
import { useLanguage } from '../lib/language.tsx';
import { useSay } from '../lib/say.ts';
import { openSession } from '../lib/sign-in.ts';
import type { Session } from '../lib/sign-in.ts';
import { Failure } from './failure.tsx';

interface SessionGateProps {
  /** Whom the page is for. */
  readonly explanation: string;
  readonly children: (session: Session) => ReactNode;
}

export function SessionGate({ explanation, children }: SessionGateProps) {
  const say = useSay();
  const { of } = useLanguage();
  const {
    data: session,
    error,
    isPending,
    refetch,
  } = useQuery({
    queryKey: ['session'],
    queryFn: openSession,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (isPending) return <Loader role="status" aria-label={say('page.loading')} />;
  if (session === undefined) {
    return (
      <Failure sentence={error instanceof AskFailed ? of(sentenceOf(error)) : say('session.refused')}>
        <Button onClick={() => void refetch()}>{say('failure.retry')}</Button>
      </Failure>
    );
  }
  if (session.name === null) {
    return (
      <Stack align="flex-start">
        <Text>{explanation}</Text>
        <Button onClick={() => void session.signIn()}>{say('session.signIn')}</Button>
      </Stack>
    );
  }
  return (
    <Stack>
      <Group justify="flex-end">
        <Text size="sm">{say('session.signedIn', { name: session.name })}</Text>
        <Button size="xs" variant="default" onClick={() => void session.signOut()}>
          {say('session.signOut')}
        </Button>
      </Group>
      {children(session)}
    </Stack>
  );
}
