using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace CellStitch.EmbeddedHost.Tests;

/// <summary>Writes the public surface of an assembly in the form of official-surface.txt, without attributes and base types.</summary>
internal static class SurfaceText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
    };

    /// <summary>The lines of a type and of its members that a caller or a derived class can see.</summary>
    public static IEnumerable<string> Of(Type type)
    {
        string name = Name(type, null);
        yield return $"{name}: {Declaration(type)}";
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            yield break;
        }

        foreach (MemberInfo member in type.GetMembers(Declared).Where(member => !member.Name.Contains('<', StringComparison.Ordinal)))
        {
            string? text = member switch
            {
                ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic =>
                    $"#ctor: {Access(constructor)} {type.Name.Split('`')[0]}({Parameters(constructor)})",
                MethodInfo method when IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) =>
                    $"{method.Name}: {Method(method)}",
                PropertyInfo property when property.GetAccessors(true).Any(IsVisible) => $"{property.Name}: {Property(property)}",
                FieldInfo field when (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName => $"{field.Name}: {Field(field)}",
                _ => null,
            };
            if (text is not null)
            {
                yield return $"{name}.{text}";
            }
        }
    }

    /// <summary>The base class and interfaces that a type names itself.</summary>
    public static IEnumerable<string> Bases(Type type)
    {
        Type[] inherited = [.. type.BaseType?.GetInterfaces() ?? [], .. type.GetInterfaces().SelectMany(one => one.GetInterfaces())];
        return new[] { type.BaseType }.Concat(type.GetInterfaces().Except(inherited)).OfType<Type>()
            .Where(one => !Array.Exists([typeof(object), typeof(ValueType), typeof(Attribute), typeof(MulticastDelegate), typeof(Enum)], plain => plain == one))
            .Where(_ => !type.IsEnum && !type.IsSubclassOf(typeof(Delegate)))
            .Select(one => Name(one, null));
    }

    private static string Declaration(Type type)
    {
        if (type.IsSubclassOf(typeof(Delegate)))
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"public delegate {Return(invoke)} {Name(type, null)}({Parameters(invoke)})";
        }

        bool isRecord = type.GetMethod("<Clone>$") is not null;
        string kind = type.IsInterface ? "interface"
            : type.IsEnum ? "enum"
            : type.IsValueType ? type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct"
            : $"{(type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{(isRecord ? "record " : "")}class";
        return $"public {kind} {Name(type, null)}{Constraints(type.GetGenericArguments())}";
    }

    private static string Method(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(one => one.Name))}>" : "";
        return $"{Head(method)}{Return(method)} {method.Name}{generic}({Parameters(method)}){Constraints(method.GetGenericArguments())}";
    }

    private static string Property(PropertyInfo property)
    {
        MethodInfo?[] accessors = [property.GetMethod, property.SetMethod];
        MethodInfo shown = accessors.OfType<MethodInfo>().First(IsVisible);
        string get = property.GetMethod is { } getter && IsVisible(getter) ? "get; " : "";
        string set = property.SetMethod is not { } setter || !IsVisible(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        NullabilityInfo nullability = new NullabilityInfoContext().Create(property);
        return $"{Head(shown)}{Name(property.PropertyType, nullability)} {property.Name} {{ {get}{set}}}";
    }

    private static string Field(FieldInfo field)
    {
        if (field.DeclaringType!.IsEnum)
        {
            return $"{field.Name} = {Convert.ToInt32(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
        }

        string modifiers = field.IsLiteral ? "const " : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}";
        string value = field.IsLiteral ? $" = {Value(field.GetRawConstantValue(), field.FieldType)}" : "";
        return $"{(field.IsPublic ? "public" : "protected")} {modifiers}{Name(field.FieldType, new NullabilityInfoContext().Create(field))} {field.Name}{value}";
    }

    private static string Head(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
        {
            return "";
        }

        bool overrides = method.GetBaseDefinition() != method;
        string modifier = method.IsStatic ? "static "
            : method.IsAbstract ? overrides ? "abstract override " : "abstract "
            : overrides ? method.IsFinal ? "sealed override " : "override "
            : method.IsVirtual && !method.IsFinal ? "virtual " : "";
        return $"{Access(method)} {modifier}";
    }

    private static string Parameters(MethodBase method)
    {
        bool isExtension = method.IsDefined(typeof(ExtensionAttribute));
        return string.Join(", ", method.GetParameters().Select(parameter =>
        {
            string how = isExtension && parameter.Position == 0 ? "this "
                : parameter.IsOut ? "out "
                : parameter.ParameterType.IsByRef ? "ref "
                : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
            string value = parameter.HasDefaultValue ? $" = {Value(parameter.RawDefaultValue, parameter.ParameterType)}" : "";
            return $"{how}{Name(parameter.ParameterType, new NullabilityInfoContext().Create(parameter))} {parameter.Name}{value}";
        }));
    }

    private static string Return(MethodInfo method)
    {
        return Name(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter));
    }

    private static string Value(object? value, Type type)
    {
        return value switch
        {
            null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
            string text => $"\"{text}\"",
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    private static string Constraints(Type[] parameters)
    {
        var text = new StringBuilder();
        foreach (Type parameter in parameters.Where(one => one.IsGenericParameter))
        {
            string[] constraints =
            [
                .. parameter.GenericParameterAttributes.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint) ? ["class"] : Array.Empty<string>(),
                .. parameter.GetGenericParameterConstraints().Select(one => Name(one, null)),
            ];
            if (constraints.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $" where {parameter.Name} : {string.Join(", ", constraints)}");
            }
        }

        return text.ToString();
    }

    private static string Name(Type type, NullabilityInfo? nullability)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying, null) + "?";
        }

        bool mayBeNull = !type.IsValueType && nullability is { } info
            && (info.ReadState == NullabilityState.Nullable || (info.ReadState == NullabilityState.Unknown && info.WriteState == NullabilityState.Nullable));
        string suffix = mayBeNull ? "?" : "";
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[]{suffix}";
        }

        if (type.IsGenericParameter)
        {
            return type.Name + suffix;
        }

        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword + suffix;
        }

        string name = type.DeclaringType is { } outer ? $"{Name(outer, null)}.{type.Name}" : $"{type.Namespace}.{type.Name}";
        if (!type.IsGenericType)
        {
            return name + suffix;
        }

        Type[] arguments = type.GetGenericArguments();
        IEnumerable<string> names = arguments.Select((one, n) => Name(one, nullability?.GenericTypeArguments.ElementAtOrDefault(n)));
        return $"{name.Split('`')[0]}<{string.Join(", ", names)}>{suffix}";
    }

    private static string Access(MethodBase method)
    {
        return method.IsPublic ? "public" : method.IsFamilyOrAssembly ? "protected internal" : "protected";
    }

    private static bool IsVisible(MethodBase method)
    {
        return method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
    }
}
