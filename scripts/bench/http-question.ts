/** The one small question that `http.ts` asks all its servers, the schema that answers it, and the answer. */
import { GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

const decision = {
  verdict: 'DEFERRED',
  eligibleFrom: '2027-01-14',
  grounds: [{ rule: 'WHOLE_BLOOD_AFTER_WHOLE_BLOOD', until: '2027-01-14' }],
};

const text = { type: GraphQLString };
const requiredText = { type: new GraphQLNonNull(GraphQLString) };

const Ground = new GraphQLObjectType({ name: 'Ground', fields: { rule: requiredText, until: text } });
const Decision = new GraphQLObjectType({
  name: 'Decision',
  fields: {
    verdict: requiredText,
    eligibleFrom: text,
    grounds: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(Ground))) },
  },
});

export const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: {
      eligibility: {
        type: new GraphQLNonNull(Decision),
        args: { token: requiredText, procedure: requiredText },
        resolve: () => decision,
      },
    },
  }),
});

export const question = JSON.stringify({
  query:
    'query Check($token: String!, $procedure: String!) {' +
    ' eligibility(token: $token, procedure: $procedure) { verdict eligibleFrom grounds { rule until } } }',
  variables: { token: 'qZ1v0mJ8w3T2yXkL5nB7cD9eF4gH6iA0sRtUvWxYz12', procedure: 'WHOLE_BLOOD' },
});

export const answer = JSON.stringify({ data: { eligibility: decision } });
