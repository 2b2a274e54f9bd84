import { buildSchema, isIntrospectionType, isObjectType, isSpecifiedScalarType } from 'graphql';
import { beforeAll, expect, test } from 'vitest';

import { printGatewaySdl } from '#gateway/sdl.ts';

let sdl: string;
beforeAll(async () => {
  sdl = await printGatewaySdl();
});

test('every type, field and argument of the gateway is described', () => {
  const types = Object.values(buildSchema(sdl).getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const bare = types.flatMap((type) => {
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    const named = fields.flatMap((field) => [
      { name: `${type.name}.${field.name}`, description: field.description },
      ...field.args.map(({ name, description }) => ({ name: `${type.name}.${field.name}(${name})`, description })),
    ]);
    return [{ name: type.name, description: type.description }, ...named];
  });
  expect(bare.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
});

test('what a station says of itself may be null at the gateway, what the directory says may not', () => {
  const station = buildSchema(sdl).getType('Station');
  const fields = isObjectType(station) ? Object.values(station.getFields()) : [];
  const required = fields.filter(({ type }) => type.toString().endsWith('!')).map(({ name }) => name);
  expect(required.sort()).toEqual(['code', 'endpoint', 'kind', 'nameEn', 'nameZh', 'province', 'status']);
});

test('the gateway passes on nothing of a station but the type Station', () => {
  const schema = buildSchema(sdl);
  expect(Object.keys(schema.getQueryType()?.getFields() ?? {}).sort()).toEqual([
    ...['aggregate', 'exchange', 'measures', 'station', 'stations'],
  ]);
  expect(schema.getMutationType()).toBeUndefined();
  for (const name of ['Donation', 'Lookout', 'Marker', 'Decision', 'DonorRef', 'Donor'])
    expect(schema.getType(name)).toBeUndefined();
});
