/** What did not work, in a sentence, and the way on. */
import type { ReactNode } from 'react';

import { Alert, Text } from '@mantine/core';

import { useSay } from '../lib/say.ts';

interface FailureProps {
  readonly sentence: string;
  /** What to do about it: a button. */
  readonly children?: ReactNode;
}

export function Failure({ sentence, children }: FailureProps) {
  const say = useSay();
  return (
    <Alert color="red" variant="outline" role="alert" title={say('failure.heading')}>
      <Text size="sm" mb="xs">
        {sentence}
      </Text>
      {children}
    </Alert>
  );
}
