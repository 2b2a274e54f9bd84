/** A moment as the federation reads it: in Asia/Shanghai, wherever the browser is. */
import { useIntl } from 'react-intl';

export function useMoment(): (moment: string) => string {
  const intl = useIntl();
  return (moment) => intl.formatDate(moment, { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'Asia/Shanghai' });
}
