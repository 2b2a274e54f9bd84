/**
 * Every code that crosses a border of the federation: why a request was refused, what broke, why an imported row was
 * rejected. A code is UPPER_SNAKE, never renamed, never reused; its docstring says why it happens and what to do, its
 * sentences say the same to a person. No sentence may hold an identity number or a token.
 */

/** One sentence in the two languages of the federation, Chinese first. */
export interface Sentence {
  readonly zh: string;
  readonly en: string;
}

/** Refusals: the request was understood and a rule says no. Nothing has changed; repeating it gives the same answer. */
export const refusals = {
  /** The document number is not exactly of its document's form, or its check digit, date or province is wrong. Scan or type it again. */
  BAD_DOCUMENT: {
    zh: '证件号码无效，请核对证件后重新录入。',
    en: 'The document number is not valid: check the document and enter it again.',
  },
  /** This station's kind does not do this procedure: source plasma belongs to plasma stations, everything else to blood stations. */
  PROCEDURE_NOT_OFFERED: { zh: '本站不开展该项采集。', en: 'This station does not offer this procedure.' },
  /** More donors were named in one batch than a batch may hold. Ask in smaller batches. */
  BATCH_TOO_LARGE: {
    zh: '一次查询的献血者过多，请分批查询。',
    en: 'Too many donors in one batch: ask in smaller batches.',
  },
  /** A record with this number exists and says something else. Correct the record instead of recording it twice. */
  CONFLICT: { zh: '该编号的记录已存在且内容不同。', en: 'A record with this number exists and says something else.' },
  /** No record of this station has this number. */
  NOT_FOUND: { zh: '本站没有该编号的记录。', en: 'This station has no record with this number.' },
  /** A date of the input lies after today. */
  FUTURE_DATE: { zh: '日期不能晚于今天。', en: 'The date lies in the future.' },
  /** A lookout cannot be cleared before the day it was confirmed. */
  CLEARED_BEFORE_CONFIRMED: {
    zh: '解除日期不能早于确认日期。',
    en: 'A lookout cannot be cleared before it was confirmed.',
  },
  /** The rules, or what is known of the donor, do not allow it now. Ask `eligibility` for the reasons. */
  NOT_ELIGIBLE: {
    zh: '该献血者目前不可采集，请查询资格。',
    en: 'The donor may not give this now: ask for eligibility.',
  },
  /** Another chair of the federation holds a permit for this donor. Wait until it is over. */
  PERMIT_TAKEN: {
    zh: '该献血者正在联盟内其他采集位，请稍候。',
    en: 'Another chair of the federation holds a permit for this donor.',
  },
  /** This station has no permit of this id for this donor and procedure. */
  PERMIT_UNKNOWN: {
    zh: '本站没有该采集许可。',
    en: 'This station has no such permit for this donor and procedure.',
  },
  /** What was to be settled is settled already. */
  ALREADY_RESOLVED: { zh: '该事项已处理。', en: 'This has been resolved already.' },
  /** The directory is past its soft expiry: nothing is lifted and nobody admitted until a newer one comes. Tell the operator. */
  DIRECTORY_EXPIRED: {
    zh: '目录已过期，暂不能解除屏蔽。',
    en: 'The directory has expired: nothing is lifted until a newer one comes.',
  },
  /** Figures of this measure are never shown for areas or periods so small, or not by class; the message says what may be asked. */
  AGGREGATE_TOO_FINE: {
    zh: '该指标不按如此细的地区、时间或类别发布。',
    en: 'Figures of this measure are not shown so finely.',
  },
  /** Nothing of what is asked is closed yet: a month is shown once its books are, and so is a longer period after its last month. */
  AGGREGATE_NOT_CLOSED: {
    zh: '所查期间尚未结账，请查询更早的期间。',
    en: 'The books of what is asked are not closed yet: ask for earlier periods.',
  },
  /** The question comes to more figures than one answer holds. Ask for fewer years, for one province, or for longer periods. */
  AGGREGATE_TOO_LARGE: {
    zh: '一次查询的数据过多，请减少年份、限定省份或选择更长的时间单位。',
    en: 'Too many figures at once: ask for fewer years, for one province, or for longer periods.',
  },
  /** No member is in this area, or none of this kind. Ask without the province or the kind. */
  AGGREGATE_AREA_UNKNOWN: {
    zh: '该地区没有此类成员站点，请放宽地区或站点类别。',
    en: 'No member of this kind is in this area: ask for a wider one.',
  },
  /** Figures are answered by the one gateway that has the right to gather them (`AGGREGATES` in the directory). Ask that one. */
  AGGREGATE_ELSEWHERE: {
    zh: '本网关不提供统计数据，请查询有汇总权限的网关。',
    en: 'This gateway gathers no figures: ask the gateway that has the right to.',
  },
  /** A field of the input is outside its range; the message names the field. */
  BAD_INPUT: { zh: '输入内容不符合要求。', en: 'The input is not valid.' },
} as const satisfies Record<string, Sentence>;

/** Why a request was refused. */
export type RefusalCode = keyof typeof refusals;

/** Faults: something broke or could not be reached. `retryable` says whether the same request may succeed later. */
export const faults = {
  /** A station did not answer within its deadline. */
  STATION_TIMEOUT: { retryable: true, zh: '该站点未在时限内应答。', en: 'The station did not answer in time.' },
  /** No connection to the station could be made, or it broke. */
  STATION_UNREACHABLE: { retryable: true, zh: '无法连接该站点。', en: 'The station cannot be reached.' },
  /** The station answered, but not in the form agreed: wrong shape, wrong station, not JSON, too large. Its answer was not used. */
  STATION_BAD_ANSWER: {
    retryable: false,
    zh: '该站点的应答格式不正确，未被采用。',
    en: "The station's answer has the wrong form and was not used.",
  },
  /** The station answered with an error of its own. */
  STATION_FAILED: { retryable: true, zh: '该站点处理时出错。', en: 'The station failed to answer.' },
  /** The station's first import is not done: what it holds is not yet what it knows. */
  STATION_NOT_READY: {
    retryable: true,
    zh: '该站点正在导入数据，暂不能应答。',
    en: 'The station is still loading its records.',
  },
  /** The copy of what this station told in the donor log is not known to be complete and recent. It is asked live then. */
  STATION_BEHIND: {
    retryable: true,
    zh: '本站所存该站点的日志副本尚未更新。',
    en: 'The copy of what the station told in the donor log is not known to be recent.',
  },
  /** The gateway did not answer: nothing is known of what the other stations hold. */
  GATEWAY_UNREACHABLE: { retryable: true, zh: '无法连接网关。', en: 'The gateway cannot be reached.' },
  /** The code names no station of the directory. */
  STATION_UNKNOWN: { retryable: false, zh: '目录中没有该站点。', en: 'The directory has no such station.' },
  /** The station is suspended: until the directory says otherwise it is asked nothing, and nobody is admitted at its desk. */
  STATION_SUSPENDED: {
    retryable: false,
    zh: '该站点已暂停参与联盟。',
    en: 'The station is suspended and is asked nothing.',
  },
  /** An answer came, but not as the station signed it: the signature, the request or what it says do not fit. It was not used. */
  STATION_NOT_PROVED: {
    retryable: true,
    zh: '该站点的应答签名无效，未被采用。',
    en: "The station's answer is not proved to be its own and was not used.",
  },
  /** The station has failed several times in a row and is given a rest; it is tried again in a moment. */
  STATION_RESTING: {
    retryable: true,
    zh: '该站点连续失败，暂停查询。',
    en: 'The station has failed several times in a row and is left alone for a moment.',
  },
  /** The station refused the question: who asked may not, or a signature was not good. */
  STATION_REFUSED: { retryable: false, zh: '该站点拒绝了该查询。', en: 'The station refused the question.' },
  /** The directory is past its hard expiry: nobody can be believed until a newer one comes. */
  DIRECTORY_EXPIRED: {
    retryable: true,
    zh: '目录已失效，请联系联盟管理员。',
    en: 'The directory is past its end: nobody can be believed until a newer one comes.',
  },
  /** The directory file cannot be read or is not valid; the cause says what is wrong with it. */
  DIRECTORY_UNUSABLE: { retryable: false, zh: '目录文件无法使用。', en: 'The directory file cannot be used.' },
  /** The donor log did not take or give what was asked of it in time. */
  LOG_UNAVAILABLE: { retryable: true, zh: '献血者日志暂不可用。', en: 'The donor log is not available.' },
  /** The claim of a permit cannot be judged here: something before it in the log needs a newer version of this program. Upgrade. */
  CLAIM_UNDECIDED: {
    retryable: true,
    zh: '本站版本无法判定该采集许可，请升级。',
    en: 'The claim cannot be judged here: something before it in the log needs a newer version.',
  },
  /** The donor log has another number of partitions than the federation agreed on: donors would lose their order. */
  LOG_CHANGED: {
    retryable: false,
    zh: '献血者日志的分区数与联盟约定不符。',
    en: 'The donor log does not have the partitions the federation agreed on.',
  },
  /** The organisation's OpenID provider cannot be reached, and none of its keys is known yet: nobody can be told from anybody else. */
  ISSUER_UNREACHABLE: {
    retryable: true,
    zh: '无法连接身份认证服务。',
    en: 'The provider that people sign in at cannot be reached.',
  },
  /** The station's own database did not answer. */
  DATABASE_UNAVAILABLE: { retryable: true, zh: '数据库暂不可用。', en: 'The database is not available.' },
  /** Anything unexpected. The details are in the station's log under the request id, never in the answer. */
  INTERNAL: {
    retryable: false,
    zh: '系统内部错误，请联系管理员。',
    en: 'Something unexpected failed: see the log under this request id.',
  },
} as const satisfies Record<string, Sentence & { readonly retryable: boolean }>;

/** What broke. */
export type FaultCode = keyof typeof faults;

/** Quarantine: why a record of the donor log was not applied. It is kept with its reason and blocks nothing. */
export const quarantineReasons = {
  /** The record is no compact JWS, or its payload is not the JSON of an event. */
  UNREADABLE: { zh: '记录无法解析。', en: 'The record cannot be read.' },
  /** The signature, or the type of the JWS, is wrong. */
  BAD_SIGNATURE: { zh: '签名无效。', en: 'The signature is not valid.' },
  /** The directory has no such member. Tried again when the directory changes. */
  UNKNOWN_MEMBER: { zh: '目录中没有该成员。', en: 'The directory has no such member.' },
  /** The directory has no such key of the member, or not at the time the log took the record. Tried again when the directory changes. */
  UNKNOWN_KEY: { zh: '该成员在当时没有此密钥。', en: 'The member had no such key at that time.' },
  /** Well signed, but its fields are not those of its type. */
  BAD_SHAPE: { zh: '事件内容不符合其类型。', en: 'The fields are not those of the type of event.' },
  /** The member does not do this: source plasma and registrations belong to plasma stations. */
  NOT_ITS_KIND: { zh: '该类站点不能发布此事件。', en: 'A station of this kind cannot say this.' },
  /** The donor's partition is another one, or the record is under another key than its donor's. */
  WRONG_PARTITION: { zh: '记录不在该献血者的分区。', en: "The record is not in its donor's partition." },
  /** The origin has said something else under the same number. It is asked which of the two stands. */
  FORKED: { zh: '同一序号出现两个不同事件。', en: 'Two different events under one number.' },
} as const satisfies Record<string, Sentence>;

/** Why a record was not applied. */
export type QuarantineReason = keyof typeof quarantineReasons;

/** Rejections: why one row of an imported file was left out. The rest of the file is imported. */
export const rejections = {
  /** See the refusal of the same name. */
  BAD_DOCUMENT: { zh: '证件号码无效。', en: 'The document number is not valid.' },
  /** The document type is none of those the station's profile maps. */
  UNKNOWN_DOCUMENT_TYPE: { zh: '未知的证件类型。', en: 'Unknown document type.' },
  /** The procedure is none of those the station's profile maps. */
  UNKNOWN_PROCEDURE: { zh: '未知的献血类型。', en: 'Unknown procedure.' },
  /** The outcome is none of those the station's profile maps. */
  UNKNOWN_OUTCOME: { zh: '未知的采集结果。', en: 'Unknown outcome.' },
  /** The marker is none of those the station's profile maps. */
  UNKNOWN_MARKER: { zh: '未知的检测项目。', en: 'Unknown marker.' },
  /** A procedure this kind of station does not do. */
  PROCEDURE_NOT_OFFERED: { zh: '本站不开展该项采集。', en: 'This station does not offer this procedure.' },
  /** The record's own number is missing or malformed. */
  BAD_NUMBER: { zh: '记录编号缺失或无效。', en: "The record's number is missing or malformed." },
  /** A date or time that does not exist or is not of the profile's form. */
  BAD_DATE: { zh: '日期或时间无效。', en: 'The date or time is not valid.' },
  /** A date or time after the moment of the import. */
  FUTURE_DATE: { zh: '日期晚于当前时间。', en: 'The date lies in the future.' },
  /** A volume that is not a whole number of millilitres from 0 to 100,000. */
  BAD_VOLUME: { zh: '采集量无效。', en: 'The volume is not valid.' },
  /** Cleared before it was confirmed. */
  CLEARED_BEFORE_CONFIRMED: { zh: '解除日期早于确认日期。', en: 'Cleared before it was confirmed.' },
  /** The name of the laboratory is missing or longer than 200 characters. */
  BAD_LABORATORY: {
    zh: '实验室名称缺失或超过 200 个字符。',
    en: 'The laboratory is missing or its name is longer than 200 characters.',
  },
  /** The row has more or fewer fields than the heading. */
  BAD_ROW: { zh: '列数与表头不符。', en: 'The row has more or fewer fields than the heading.' },
  /** A record of this number exists and says something else. The first one stays. */
  CONFLICT: { zh: '该编号的记录已存在且内容不同。', en: 'A record with this number exists and says something else.' },
} as const satisfies Record<string, Sentence>;

/** Why a row was rejected. */
export type RejectionCode = keyof typeof rejections;

/** Broken files: why a whole file was refused. Nothing of it was imported. */
export const fileFaults = {
  /** The bytes are not text in the encoding the station's profile names. */
  WRONG_ENCODING: { zh: '文件编码与配置不符。', en: "The file is not in the encoding of the station's profile." },
  /** A column of the profile is missing in the heading. */
  MISSING_COLUMN: { zh: '缺少必需的列。', en: 'A column is missing in the heading.' },
  /** A quote is opened and never closed, or closed in the middle of a field. */
  BROKEN_QUOTE: { zh: '引号不成对，文件可能被截断。', en: 'A quote is not closed: the file may be cut off.' },
  /** An archive, a spreadsheet or another binary file was given where CSV text is expected. */
  NOT_CSV: { zh: '不是 CSV 文本文件。', en: 'Not a CSV text file.' },
  /** A single record is longer than 64 KiB: not a table. */
  RECORD_TOO_LONG: { zh: '单行过长，不是数据表。', en: 'A single record is longer than 64 KiB.' },
  /** The file has no heading. */
  EMPTY_FILE: { zh: '文件为空。', en: 'The file is empty.' },
  /** The upload ended before the file did. */
  CUT_OFF: { zh: '上传中断。', en: 'The upload broke off.' },
  /** The database gave up half-way; everything was rolled back. */
  DATABASE_UNAVAILABLE: {
    zh: '数据库暂不可用，已全部回滚。',
    en: 'The database is not available; everything was rolled back.',
  },
} as const satisfies Record<string, Sentence>;

/** Why a whole file was refused. */
export type FileFaultCode = keyof typeof fileFaults;

/** Request errors: what came over HTTP cannot be answered as it is. Nothing was executed; correct the request. */
export const requestErrors = {
  /** The request, its parameters or its JSON are malformed; the message says what was expected. */
  BAD_REQUEST: { zh: '请求格式不正确。', en: 'The request is malformed.' },
  /** Who asks is not proved: no token or signature, or one that is not good, not for us, out of time or used before. Sign in again. */
  UNAUTHENTICATED: { zh: '未通过身份验证，请重新登录。', en: 'Who asks is not proved: sign in again.' },
  /** Whoever asks may not ask this, or not for this purpose. The purpose is named in the header `lookout-purpose`. */
  FORBIDDEN: { zh: '无权进行该查询。', en: 'This may not be asked in this role and for this purpose.' },
  /** Too much was asked in a short time. The header `retry-after` says when to ask again. */
  TOO_MANY_REQUESTS: { zh: '请求过于频繁，请稍后再试。', en: 'Too much was asked in a short time: ask again later.' },
  /** No document of this id is known here, and documents of one's own need a right. Ask with the project's documents. */
  DOCUMENT_UNKNOWN: { zh: '未登记的查询文档。', en: 'The document is not one of those that are answered here.' },
  /** A browser sent it from the page of another site. Open the application itself. */
  CROSS_SITE_REQUEST: { zh: '拒绝来自其他网站的请求。', en: 'Requests from the pages of other sites are refused.' },
  /** Nothing is served at this path. */
  PATH_UNKNOWN: { zh: '没有该地址。', en: 'Nothing is served at this path.' },
  /** The path does not take this method, or a mutation came by GET. The header `Allow` lists what it takes. */
  METHOD_NOT_ALLOWED: { zh: '该地址不支持此请求方法。', en: 'This path does not take this method.' },
  /** The caller accepts none of the media types served. Accept application/json. */
  NOT_ACCEPTABLE: {
    zh: '无法以所要求的格式应答。',
    en: 'Answers are application/json or application/graphql-response+json.',
  },
  /** The body is not application/json in UTF-8, or it is compressed. */
  UNSUPPORTED_MEDIA_TYPE: {
    zh: '请求体必须是未压缩的 UTF-8 JSON。',
    en: 'The body must be application/json in UTF-8, not compressed.',
  },
  /** The body is longer than the server reads. Ask in smaller requests. */
  BODY_TOO_LARGE: { zh: '请求体过大。', en: 'The body is too large.' },
  /** The body did not arrive in time. */
  BODY_TIMEOUT: { zh: '请求体接收超时。', en: 'The body did not arrive in time.' },
  /** The document is not GraphQL; the message says where it breaks off. */
  GRAPHQL_PARSE_FAILED: { zh: '查询语法错误。', en: 'The document is not GraphQL.' },
  /** The document asks for what the schema does not have; the message names it. */
  GRAPHQL_VALIDATION_FAILED: { zh: '查询与模式不符。', en: 'The document does not fit the schema.' },
  /** The document is too deep, too long or too dear to answer. Ask for less at once. */
  DOCUMENT_TOO_COMPLEX: { zh: '查询过于复杂，请分次查询。', en: 'The document asks for too much at once.' },
  /** The document has no operation of the name given, or several and none was named. */
  OPERATION_UNKNOWN: {
    zh: '无法确定要执行的操作。',
    en: 'The document has no such operation, or several and none was named.',
  },
  /** A variable is missing, of the wrong type, nested too deeply or too many; the message names it. */
  BAD_VARIABLES: { zh: '查询变量无效。', en: 'The variables are not valid.' },
} as const satisfies Record<string, Sentence>;

/** Why an HTTP request could not be answered. */
export type RequestErrorCode = keyof typeof requestErrors;
