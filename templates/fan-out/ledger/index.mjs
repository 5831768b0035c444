// Notes every order.
export async function handler(event) {
  for (const { Sns } of event.Records) {
    console.log(`noted: ${Sns.Message}`);
  }
}
