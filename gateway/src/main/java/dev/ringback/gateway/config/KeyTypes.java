package dev.ringback.gateway.config;

import dev.ringback.gateway.config.AuthConfig.Token;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;

/** Which {@link ValueType} the Java type, the name and the {@link Setting} of a record component ask for. */
final class KeyTypes {

    private KeyTypes() {}

    static ValueType of(RecordComponent component, Setting setting) throws InvalidValueException {
        Class<?> type = component.getType();
        List<String> words = List.of(setting.oneOf());
        if (type == boolean.class) {
            return ChoiceType.ofBoolean();
        }
        if (type.isEnum()) {
            return ChoiceType.ofEnum(type, words);
        }
        if (type == String.class) {
            return words.isEmpty() ? new TextType(setting.format()) : ChoiceType.ofWords(words);
        }
        if (type == List.class) {
            return listOf(component, setting);
        }
        if (type == Duration.class) {
            return new RangedType<>(new TimeSpan(), setting.min(), setting.max(), span -> span, Duration.class::cast);
        }
        return number(component, setting);
    }

    private static ValueType listOf(RecordComponent component, Setting setting) {
        ParameterizedType list = (ParameterizedType) component.getGenericType();
        return list.getActualTypeArguments()[0] == Token.class ? new TokenListType() : new ListType(setting.format());
    }

    private static ValueType number(RecordComponent component, Setting setting) throws InvalidValueException {
        Quantity<Long> quantity = component.getName().endsWith("Bytes") ? new ByteSize() : new WholeNumber();
        boolean isInt = component.getType() == int.class;
        return new RangedType<>(
                quantity,
                setting.min(),
                setting.max(),
                number -> isInt ? (Object) Math.toIntExact(number) : number,
                number -> ((Number) number).longValue());
    }
}
