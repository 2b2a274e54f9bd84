/** A question that was not answered: ask again, or sign in again. */
import { Button } from '@mantine/core';

import { Failure } from '../../components/failure.tsx';
import { AskFailed, sentenceOf } from '../../lib/ask.ts';
import { useLanguage } from '../../lib/language.tsx';
import { useSay } from '../../lib/say.ts';
import type { Session } from '../../lib/sign-in.ts';

interface FailedAskingProps {
  readonly error: Error;
  readonly session: Session;
  readonly onRetry: () => void;
}

export function FailedAsking({ error, session, onRetry }: FailedAskingProps) {
  const say = useSay();
  const { of } = useLanguage();
  const isUnproved = error instanceof AskFailed && error.code === 'UNAUTHENTICATED';
  return (
    <Failure sentence={of(sentenceOf(error))}>
      {isUnproved ? (
        <Button onClick={() => void session.signIn()}>{say('failure.signInAgain')}</Button>
      ) : (
        <Button onClick={onRetry}>{say('failure.retry')}</Button>
      )}
    </Failure>
  );
}
