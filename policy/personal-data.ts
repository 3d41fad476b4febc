/**
 * Terms that name personal data in a column's name, as single words or words in a row. German, French, Spanish, Italian,
 * Portuguese and Dutch in addition to English. A word that mostly means something else is not among them (`TIN`, `BIC`, `NIE`,
 * account number). A word that may mean a person's data or a thing's is (email, phone, street, gender): a false alarm costs
 * a line of `allow` that somebody reviews, a missed column has left.
 */
export const PERSONAL_DATA_TERMS: readonly string[] = [
  ...["ssn", "social security", "sozialversicherungsnummer", "numéro de sécurité sociale", "seguridad social"],
  ...["tax id", "nif", "dni", "cpf", "codice fiscale", "steuer id", "bsn", "burgerservicenummer"],
  ...["national id", "identity card", "id card", "personalausweis", "passport", "passeport", "reisepass", "pasaporte"],
  ...["passaporto", "passaporte", "paspoort", "driver license", "drivers license", "driving licence", "führerschein"],
  ...["iban", "bank account", "bankverbindung", "credit card", "card number", "kreditkarte", "cvv"],
  ...["birth date", "date of birth", "birthday", "dob", "geburtsdatum", "geburtstag", "date de naissance"],
  ...["fecha de nacimiento", "data di nascita", "data de nascimento", "geboortedatum"],
  ...["email", "e mail", "mail address", "courriel", "correo", "phone", "telephone", "mobile number", "telefon"],
  ...["telefonnummer", "handynummer", "téléphone", "teléfono", "telefono", "telefone", "telefoon"],
  ...["first name", "last name", "full name", "surname", "maiden name", "vorname", "nachname", "prénom", "apellido"],
  ...["street", "home address", "postal address", "postadresse", "strasse", "straße", "ip address"],
  ...["salary", "gehalt", "salaire", "salario", "gender", "ethnicity", "religion", "diagnosis", "password", "passwort"],
];
