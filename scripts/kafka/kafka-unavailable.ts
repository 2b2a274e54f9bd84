/** Why there is no broker, as one sentence for the person at the terminal. */
export class KafkaUnavailable extends Error {
  override readonly name = 'KafkaUnavailable';
}
