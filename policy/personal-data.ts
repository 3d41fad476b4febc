/**
 * Terms that name personal data in a column's name, as single words or words in a row. German, French, Spanish, Italian,
 * Portuguese and Dutch beside English, where the word means nothing else.
 */
export const PERSONAL_DATA_TERMS: readonly string[] = [
  ...["ssn", "social security", "sozialversicherungsnummer", "numéro de sécurité sociale", "seguridad social"],
  ...["tax id", "tin", "nif", "nie", "dni", "cpf", "codice fiscale", "steuer id", "bsn", "burgerservicenummer"],
  ...["national id", "identity card", "id card", "personalausweis", "passport", "passeport", "reisepass", "pasaporte"],
  ...["passaporto", "passaporte", "paspoort", "driver license", "drivers license", "driving licence", "führerschein"],
  ...[
    "iban",
    "bic",
    "bank account",
    "account number",
    "kontonummer",
    "credit card",
    "card number",
    "kreditkarte",
    "cvv",
  ],
  ...["birth date", "date of birth", "birthday", "dob", "geburtsdatum", "geburtstag", "date de naissance"],
  ...["fecha de nacimiento", "data di nascita", "data de nascimento", "geboortedatum"],
  ...["email", "e mail", "mail address", "courriel", "correo", "phone", "telephone", "mobile number", "telefon"],
  ...["telefonnummer", "handynummer", "téléphone", "teléfono", "telefono", "telefone", "telefoon", "fax"],
  ...["first name", "last name", "full name", "surname", "maiden name", "vorname", "nachname", "prénom", "apellido"],
  ...["street", "home address", "postal address", "postadresse", "strasse", "straße", "ip address"],
  ...["salary", "gehalt", "salaire", "salario", "gender", "ethnicity", "religion", "diagnosis", "password", "passwort"],
];
