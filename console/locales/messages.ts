/** What the page says, in each language (ICU message format). */
import { en } from './en.ts';
import { zhCN } from './zh-cn.ts';

/** Messages by id, the same in every language. */
export type Messages = Readonly<Record<keyof typeof zhCN, string>>;

export const messages: Readonly<Record<'zh-CN' | 'en', Messages>> = { 'zh-CN': zhCN, en };
